import type { IncomingMessage } from 'node:http';
import { mayUse, type Access, type Caller } from '../security/caller.ts';
import type { GuardOptions } from '../security/guard.ts';

/** Who is let in without further ado; all others are left to the guard of the routes, which has words for them. */
export interface Admission {
  /** Null for who is not known at once, or may not. */
  identify(request: IncomingMessage): Caller | null;
  /** Takes one of the requests that the caller may make. False where there is none left: nothing has been taken then. */
  take(request: IncomingMessage, caller: Caller): boolean;
}

const access: Access = ['predict'];
const nobody: Caller = { kind: 'anonymous', id: '', name: '', scopes: new Set() };
const open: Admission = { identify: () => nobody, take: () => true };

/** @param guard null where nobody guards the routes */
export function createAdmission(guard: GuardOptions | null, trustsProxies: boolean): Admission {
  if (guard === null) return open;
  const { authenticator, isForeignHost, limiter } = guard;
  return {
    identify({ headers, method }) {
      // A token takes long to verify, and is not to be verified twice.
      if (headers.authorization?.startsWith('Bearer ey') === true || isForeignHost(headers.host)) return null;
      try {
        const caller = authenticator.identify(headers, method ?? '');
        if (caller instanceof Promise) {
          // Whoever is asked next waits for it.
          caller.catch(() => undefined);
          return null;
        }
        // The address that counts may be another one than that of the connection.
        if (limiter !== null && caller.kind === 'anonymous' && trustsProxies) return null;
        return mayUse(caller, access) ? caller : null;
      } catch {
        return null;
      }
    },
    take({ socket }, caller) {
      if (limiter === null || caller.kind === 'internal') return true;
      const name = caller.kind === 'anonymous' ? (socket.remoteAddress ?? '') : `${caller.kind} ${caller.id}`;
      return limiter.takeNow(name);
    },
  };
}
