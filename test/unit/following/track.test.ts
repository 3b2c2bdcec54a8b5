import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginTrack, createTracker } from '../../../domain/following/track.ts';

const experts = 4;
const losses = fc.array(
  fc.array(fc.double({ min: 0, max: 8, noNaN: true }), { minLength: experts, maxLength: experts }),
  { minLength: 1, maxLength: 200 },
);

describe('shares that follow the labels', () => {
  it('are what the worked example says', () => {
    const tracker = createTracker(beginTrack(1, [0.5, 0.5]), { prior: [0.5, 0.5], switching: 0.01 });
    tracker.observe([0, 1]);
    expect(tracker.end().shares.map((share) => share.toFixed(3))).toEqual(['0.729', '0.271']);
  });

  it('never lose more than the bound says against any one expert, whatever the losses', () => {
    fc.assert(
      fc.property(losses, fc.double({ min: 0, max: 0.3, noNaN: true }), (rows, switching) => {
        const prior = [0.4, 0.3, 0.2, 0.1];
        let track = beginTrack(1, prior);
        let mixture = 0;
        for (const row of rows) {
          mixture -= Math.log(track.shares.reduce((sum, share, at) => sum + share * Math.exp(-row[at]!), 0));
          const tracker = createTracker(track, { prior, switching });
          tracker.observe(row);
          track = tracker.end();
        }
        for (const [expert, share] of prior.entries()) {
          const own = rows.reduce((sum, row) => sum + row[expert]!, 0);
          expect(mixture).toBeLessThanOrEqual(own - Math.log(share) - rows.length * Math.log(1 - switching) + 1e-6);
        }
      }),
    );
  });

  it('sum to 1, and need a whole observation to move', () => {
    fc.assert(
      fc.property(losses, fc.integer({ min: 1, max: 50 }), (rows, rowsPerObservation) => {
        const prior = [0.25, 0.25, 0.25, 0.25];
        const tracker = createTracker(beginTrack(rowsPerObservation, prior), { prior, switching: 0.01 });
        for (const row of rows) tracker.observe(row);
        const { shares, rows: waiting } = tracker.end();
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        expect(waiting).toBe(rows.length % rowsPerObservation);
        if (rows.length < rowsPerObservation) expect(shares).toEqual(prior);
      }),
    );
  });

  it('come out the same however the rows are divided into looks', () => {
    const prior = [0.5, 0.5];
    const rows = Array.from({ length: 100 }, (_, row) => [Math.sin(row) + 1, Math.cos(row) + 1]);
    const rule = { prior, switching: 0.01 };
    const whole = createTracker(beginTrack(8, prior), rule);
    for (const row of rows) whole.observe(row);
    let track = beginTrack(8, prior);
    for (const row of rows) {
      const tracker = createTracker(track, rule);
      tracker.observe(row);
      track = tracker.end();
    }
    expect(track).toEqual(whole.end());
  });
});
