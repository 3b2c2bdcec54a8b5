import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createControlActivities, createTrainingActivities } from '../../activities/index.ts';
import type { ControlActivities, StepRequest } from '../../activities/types.ts';
import { createLogger } from '../../adapters/log/logger.ts';
import { compose } from '../../worker/compose.ts';
import { connectToServer } from '../../worker/connect.ts';
import { homeAt } from '../../config/home.ts';
import { createControlWorker, createTrainingWorker } from '../../worker/run.ts';

// A worker that kills itself before and after every step of a switch, once each: MARKS is where it remembers which.
const marks = process.env['MARKS'] ?? '';
const home = process.env['INCUMBENT_HOME'] ?? '';

function dieOnce({ plan, step }: StepRequest, when: 'before' | 'after'): void {
  if (plan.before.champion === null) return;
  const mark = join(marks, `${plan.kind}.${step}.${when}`);
  if (existsSync(mark)) return;
  writeFileSync(mark, '');
  process.kill(process.pid, 'SIGKILL');
}

function deadly(activities: ControlActivities): ControlActivities {
  return {
    ...activities,
    async runSwitchStep(request) {
      dieOnce(request, 'before');
      await activities.runSwitchStep(request);
      dieOnce(request, 'after');
    },
  };
}

const logger = createLogger({ service: 'killing-worker', format: 'json', level: 'warn' });
const server = await connectToServer(logger, new AbortController().signal);
const deps = await compose(homeAt(home));
const control = await createControlWorker(server, deadly(createControlActivities(deps)));
const training = await createTrainingWorker(server, createTrainingActivities(deps));
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
await Promise.all([control.run(), training.run()]);
