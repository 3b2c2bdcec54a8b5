import type { Task } from './task.ts';
import { adwin } from './tasks/adwin.ts';
import { bootstrap } from './tasks/bootstrap.ts';
import { drift } from './tasks/drift.ts';
import { report } from './tasks/report.ts';

const tasks: Readonly<Record<string, Task>> = { drift, adwin, bootstrap, report };

const [name = '', ...args] = process.argv.slice(2);
const measured = await tasks[name]!(...args);
process.stdout.write(`${JSON.stringify({ ...measured, peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`);
