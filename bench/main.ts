import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { describeMachine, renderMachine } from './machine.ts';
import { peerVersions } from './peers.ts';
import { renderSection, type Section } from './report.ts';
import { benches } from './benches.ts';

/** Runs every bench, or those that are named: Markdown on standard output, and JSON by --json FILE. */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      runs: { type: 'string', default: '5' },
      long: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((name) => !(name in benches));
  if (unknown !== undefined)
    throw new Error(`there is no bench "${unknown}"; there are: ${Object.keys(benches).join(', ')}`);
  const runs = Number(values.runs);
  if (!(Number.isInteger(runs) && runs > 0)) throw new Error(`--runs is ${values.runs}: give a whole number above 0`);
  const machine = describeMachine();
  const names = positionals.length > 0 ? positionals : Object.keys(benches);
  const groups = new Set(names.map((name) => benches[name]!.peers).filter((group) => group !== null));
  const peers = (await Promise.all([...groups].map(peerVersions))).flat();
  process.stdout.write(`${renderMachine(machine, peers)}\n`);
  const sections: Section[] = [];
  for (const name of names) {
    const section = await benches[name]!.measure({ runs, isLong: values.long });
    sections.push(section);
    process.stdout.write(`${renderSection(section)}\n`);
  }
  if (values.json !== undefined)
    await writeFile(values.json, `${JSON.stringify({ machine, peers, sections }, null, 2)}\n`);
}

await main();
