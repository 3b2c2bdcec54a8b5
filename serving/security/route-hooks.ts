import type { RouteOptions } from 'fastify';

/** Puts a hook before those that a route has of its kind. */
export function addFirst<K extends 'onRequest' | 'preHandler' | 'onResponse'>(
  route: RouteOptions,
  kind: K,
  hook: Exclude<RouteOptions[K], unknown[] | undefined>,
): void {
  const others: unknown[] = [route[kind] ?? []].flat();
  Object.assign(route, { [kind]: [hook, ...others] });
}
