import { scopes, type Scope } from '../../config/scopes.ts';

/** Who asks. `internal` is a process of this home; `anonymous` is anybody, where no key is asked for. */
export interface Caller {
  readonly kind: 'key' | 'token' | 'internal' | 'anonymous';
  /** Id of the key, or subject of the token. */
  readonly id: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Who may use a route: all, or callers with one of these scopes. `admin` may use every route. */
export type Access = 'public' | readonly Scope[];

export const everyScope: ReadonlySet<Scope> = new Set(scopes);

export const anonymous: Caller = { kind: 'anonymous', id: 'anonymous', name: 'anonymous', scopes: everyScope };

export function mayUse(caller: Caller, access: Access): boolean {
  return access === 'public' || caller.scopes.has('admin') || access.some((scope) => caller.scopes.has(scope));
}
