import { argv, stdout } from 'node:process';
import type { Scale, Simulated } from './report.ts';

const subjects = [
  'drift',
  'outcomes',
  'estimation',
  'quality',
  'calibration',
  'gate',
  'gate-blocks',
  'gate-probabilities',
  'guards',
  'leaks',
  'spending',
  'ladder',
  'probation',
  'following',
  'policy',
  'recovery',
  'preflight',
] as const;

/** Runs every simulation, or those that are named, and says which promise holds. `--short` is what the tests run. */
async function main(): Promise<boolean> {
  const scale: Scale = argv.includes('--short') ? 'short' : 'full';
  const named = subjects.filter((subject) => argv.includes(subject));
  let holds = true;
  for (const subject of named.length === 0 ? subjects : named) {
    stdout.write(`${subject}\n`);
    const { run } = (await import(`./${subject}.ts`)) as {
      run: (scale: Scale) => readonly Simulated[] | Promise<readonly Simulated[]>;
    };
    for (const one of await run(scale)) {
      holds &&= one.holds;
      const measured = Number.isInteger(one.measured) ? String(one.measured) : one.measured.toFixed(4);
      stdout.write(`  ${one.holds ? 'holds ' : 'BROKEN'}  ${one.name}: ${measured} (promised ${one.promised})\n`);
    }
  }
  return holds;
}

process.exitCode = (await main()) ? 0 : 1;
