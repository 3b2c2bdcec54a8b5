import { runChecks } from './check/stages.mjs';

process.exitCode = runChecks().length > 0 ? 1 : 0;
