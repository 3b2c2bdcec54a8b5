import { MlflowError } from '../errors.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Of the next page; empty or undefined at the end. */
  readonly nextPageToken: string | undefined;
}

/** Every item of every page, one page fetched when the one before is used up. Ends the loop that a server's repeated token would make. */
export async function* paginate<T>(
  fetchPage: (pageToken: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = await fetchPage(token);
    yield* page.items;
    token = page.nextPageToken === '' ? undefined : page.nextPageToken;
    if (token !== undefined && seen.has(token)) {
      throw new MlflowError('UNEXPECTED_ANSWER', `the server gave the page token ${token} twice`);
    }
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
}

/** All items of an async iterator as an array. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
