import { rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startStack } from '../start/stack.ts';
import { createDisplay } from './display.ts';
import { playHistory } from './play.ts';
import { renderSummary } from './summary.ts';

const projectDirectory = fileURLToPath(new URL('../../examples/electricity', import.meta.url));
/** Thirteen weeks of half-hourly rows: what the first champion is trained on. */
const firstRows = 13 * 336;

/** The whole life of a model on real data, with every part real. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      exit: { type: 'boolean', default: false },
      json: { type: 'string' },
      home: { type: 'string', default: '.incumbent/demo' },
    },
  });
  const display = createDisplay(process.stdout);
  const home = resolve(values.home);
  await rm(home, { recursive: true, force: true });
  display.say('Starting the Temporal dev server, a worker and the prediction service …');
  const stack = await startStack({
    directory: projectDirectory,
    home,
    overrides: { take: firstRows },
    onEvent: (text) => display.say(text),
  });
  try {
    display.say(`Temporal Web UI   ${stack.uiUrl}\nPrediction service ${stack.serviceUrl}\n`);
    const summary = await playHistory(stack, home, firstRows, display);
    display.end();
    display.say(`\n${renderSummary(summary)}\n`);
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(summary, null, 2)}\n`);
    if (!values.exit && process.stdout.isTTY) await untilInterrupted(display, stack.uiUrl);
  } finally {
    await stack.stop();
  }
}

async function untilInterrupted(display: ReturnType<typeof createDisplay>, uiUrl: string): Promise<void> {
  display.say(`The Web UI stays up at ${uiUrl} (look for the workflow lifecycle/electricity). Ctrl-C ends all.`);
  await new Promise<void>((done) => process.once('SIGINT', () => done()));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`\ndemo: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
