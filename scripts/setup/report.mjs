/** @typedef {ReturnType<typeof createReport>} Report */

/**
 * Shows how each part gets on: redrawn lines on a terminal, a line per event elsewhere.
 * @param {{ write(text: string): unknown, isTTY?: boolean | undefined }} output
 */
export function createReport(output) {
  const startedAtMs = performance.now();
  const live = output.isTTY === true && process.env['CI'] === undefined;
  /** @type {Map<string, string>} */
  const running = new Map();
  let drawnLines = 0;

  const erase = () => {
    if (drawnLines > 0) output.write(`\x1b[${drawnLines}A\x1b[0J`);
    drawnLines = 0;
  };
  const draw = () => {
    if (!live) return;
    for (const [part, state] of running) output.write(`  ${part.padEnd(labelWidth)} ${state}\n`);
    drawnLines = running.size;
  };
  /** @param {string} line */
  const print = (line) => {
    erase();
    output.write(`${line}\n`);
    draw();
  };

  return {
    print,
    /**
     * Says that a part starts or goes on to its next step.
     * @param {string} part
     * @param {string} step
     */
    step(part, step) {
      erase();
      running.set(part, step);
      if (!live) output.write(`  ${part.padEnd(labelWidth)} ${step}\n`);
      draw();
    },
    /**
     * Shows how far a step is; only a terminal gets it.
     * @param {string} part
     * @param {string} progress
     */
    progress(part, progress) {
      if (!live) return;
      erase();
      running.set(part, progress);
      draw();
    },
    /**
     * Says how a part ended.
     * @param {string} part
     * @param {string} result
     */
    finish(part, result) {
      erase();
      running.delete(part);
      print(`  ${part.padEnd(labelWidth)} ${result}`);
    },
    seconds: () => (performance.now() - startedAtMs) / 1000,
  };
}

const labelWidth = 20;
