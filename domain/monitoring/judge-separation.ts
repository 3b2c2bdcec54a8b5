import { judgeSeparation, type Separation } from '../drift/classifier-two-sample.ts';
import type { Finding } from './finding.ts';

/** Does a classifier tell the current window from the champion's training rows, whatever single features say? */
export function signalSeparation(separation: Separation): readonly Finding[] {
  const { outcome, reason, name } = judgeSeparation(separation);
  return outcome === 'fail' ? [{ kind: 'data-drift', reason, sources: [name] }] : [];
}
