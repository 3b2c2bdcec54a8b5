import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dependencies } from '../dependencies.ts';
import type { Operations } from '../operations/operations.ts';
import type { Caller } from '../security/caller.ts';
import type { Security } from '../security/open-security.ts';
import { createAdmission } from './admission.ts';
import { createAnswerer } from './answer-together.ts';
import { modelOfPlain } from './plain-request.ts';
import { createPlanner } from './plan.ts';
import { keepBody, readBody } from './read-body.ts';
import { createSender } from './send.ts';

export interface QuickOptions {
  readonly deps: Dependencies;
  readonly operations: Pick<Operations, 'gate' | 'isDraining' | 'metrics'>;
  readonly security: Pick<Security, 'guard' | 'tls' | 'trustedProxies'> | null;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const route = '/v1/models/:name/predict';

/**
 * Answers plain requests to predict before the framework sees them, which costs several times as much as what is to be done. Whatever is
 * not plain, not allowed or goes wrong is `otherwise`'s, from the beginning: there is one place that has words for it.
 */
export function answerQuickly({ deps, operations, security }: QuickOptions, otherwise: Handler): Handler {
  const { gate, metrics, isDraining } = operations;
  const admission = createAdmission(security?.guard ?? null, (security?.trustedProxies ?? []).length > 0);
  const planFor = createPlanner(deps);
  const answer = createAnswerer(deps, planFor, createSender(Boolean(security?.tls), isDraining));

  const identify = (request: IncomingMessage, model: string | null): Caller | null => {
    const slots = model === null || isDraining() ? null : deps.models.get(model);
    return slots === null || planFor(slots) === null ? null : admission.identify(request);
  };

  return (request, response) => {
    const model = modelOfPlain(request);
    const caller = identify(request, model);
    if (model === null || caller === null || gate.tryEnter() !== null) {
      otherwise(request, response);
      return;
    }
    const startedMs = performance.now();
    let isOurs = true;
    // Comes also where the client goes away.
    response.once('close', () => {
      if (!isOurs) return;
      gate.leave();
      metrics.requestEnded(route, model, response.statusCode, (performance.now() - startedMs) / 1_000);
    });
    readBody(request, (body) =>
      answer({
        model,
        request,
        response,
        body,
        startedMs,
        mayAsk: () => admission.take(request, caller),
        giveUp() {
          isOurs = false;
          gate.leave();
          keepBody(request, body);
          otherwise(request, response);
        },
      }),
    );
  };
}
