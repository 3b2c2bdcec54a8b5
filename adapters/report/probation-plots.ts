import * as Plot from '@observablehq/plot';
import type { ProbationTrace } from '../../domain/probation/trace.ts';
import { draw, ticks, type Size } from '../page/draw.ts';
import { looks } from './looks.ts';
import { number } from './words.ts';

/** Evidence of harm over the labels, against what a rollback takes. */
export function drawEvidence({ points, thresholds }: ProbationTrace, size: Size): string {
  const asPower = (log: number): number => log / Math.LN10;
  const shown = points.map(({ label, logHarm, logDecay }) => ({
    label,
    harm: asPower(logHarm),
    // A detector that has not moved has nothing to show.
    decay: logDecay === null ? null : Math.max(-3, asPower(logDecay - thresholds.decay + thresholds.harm)),
  }));
  const limit = asPower(thresholds.harm);
  const last = points.at(-1);
  return draw({
    ...size,
    label: `Evidence of harm over ${last?.label ?? 0} labels: e-value ${number(last === undefined ? 1 : Math.exp(last.logHarm))} at the end, a rollback takes ${number(Math.exp(thresholds.harm))}`,
    marks: [
      Plot.gridY({ strokeOpacity: 0.15 }),
      Plot.ruleY([limit], { stroke: 'var(--c3)', strokeWidth: 1.5 }),
      Plot.text([{ y: limit }], {
        y: 'y',
        text: () => 'rollback',
        frameAnchor: 'left',
        dx: 4,
        dy: -8,
        fill: 'currentColor',
      }),
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.4 }),
      Plot.line(shown, { x: 'label', y: 'decay', ...looks.champion, strokeOpacity: 0.7 }),
      Plot.line(shown, { x: 'label', y: 'harm', ...looks.challenger }),
    ],
    x: { label: 'labels', ...ticks(size) },
    y: { label: 'e-value (powers of ten)', nice: true },
  });
}

/** Mean loss of both models over the labels. */
export function drawLosses(trace: ProbationTrace, size: Size): string {
  const last = trace.points.at(-1);
  // The mean of a handful of labels jumps about, and would press the rest flat.
  const points = trace.points.filter(({ label }) => label >= (last?.label ?? 0) / 20);
  return draw({
    ...size,
    label: `Mean loss so far: new champion ${number(last?.newLoss)}, predecessor ${number(last?.oldLoss)} over ${last?.label ?? 0} labels`,
    marks: [
      Plot.gridY({ strokeOpacity: 0.15 }),
      Plot.line(points, { x: 'label', y: 'oldLoss', ...looks.champion }),
      Plot.line(points, { x: 'label', y: 'newLoss', ...looks.challenger }),
    ],
    x: { label: 'labels', ...ticks(size) },
    y: { label: 'mean loss', nice: true },
  });
}
