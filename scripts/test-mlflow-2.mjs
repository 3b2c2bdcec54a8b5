import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mlflowEnvironment } from './setup/locate.mjs';
import { provideMlflow } from './setup/mlflow.mjs';
import { mlflow2Pins } from './setup/pins.mjs';
import { findPython } from './setup/python.mjs';
import { createReport } from './setup/report.mjs';

/** The client and the adapters that stand on it, against a real server of MLflow 2. */
const files = [
  'mlflow-js-client/test/mlflow-tracking.test.ts',
  'mlflow-js-client/test/mlflow-registry.test.ts',
  'test/contract/registry-mlflow.test.ts',
  'test/contract/registry-mlflow-faults.test.ts',
  'test/contract/tracking-mlflow.test.ts',
  'test/contract/tracking-mirrored.test.ts',
];

const root = join(import.meta.dirname, '..');
const mlflow = join(mlflowEnvironment(mlflow2Pins), 'bin', 'mlflow');
if (!existsSync(mlflow)) await provideMlflow({ python: findPython, report: createReport(process.stderr) }, mlflow2Pins);
const result = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...files], {
  cwd: root,
  env: { ...process.env, INCUMBENT_MLFLOW: mlflow },
  stdio: 'inherit',
});
process.exitCode = result.status ?? 1;
