import type { onRequestHookHandler } from 'fastify';
import { ServiceError } from '../errors.ts';
import type { Authenticator } from './authenticate.ts';

/** Names under which this machine is called by itself, and by nobody else's name server. */
const ownNames = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const mostRemembered = 100;

/** Is a request that came for this host (its header, with or without a port) for another one than this service? */
export type IsForeignHost = (host: string | undefined) => boolean;

/**
 * While nobody has to say who they are, requests for another host's name are foreign: a page anywhere can have its own name point here (DNS
 * rebinding), and would read what only this machine may. Who shows a key is known by it.
 *
 * @param allowedHosts further names by which the service may be called
 */
export function createHostCheck(
  { isOpen }: Pick<Authenticator, 'isOpen'>,
  allowedHosts: readonly string[],
): IsForeignHost {
  const allowed = new Set(allowedHosts.map((name) => name.toLowerCase()));
  const known = new Set<string>();
  return (host) => {
    // Browsers always send one.
    if (host === undefined || known.has(host) || !isOpen()) return false;
    const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
    if (!ownNames.test(name) && !allowed.has(name)) return true;
    if (known.size < mostRemembered) known.add(host);
    return false;
  };
}

/** Refuses what is foreign, on any route. */
export function refuseForeign(isForeign: IsForeignHost): onRequestHookHandler {
  return ({ headers: { host } }, _reply, done) => {
    if (!isForeign(host)) return done();
    const todo =
      'call it localhost or 127.0.0.1, name it in INCUMBENT_ALLOWED_HOSTS, or make a key with `incumbent keys create`';
    done(new ServiceError('host-unknown', `this service is not "${host?.slice(0, 200)}": ${todo}`));
  };
}
