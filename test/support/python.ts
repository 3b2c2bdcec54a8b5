import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { mlflowPath } from '../../scripts/setup/locate.mjs';

const run = promisify(execFile);
const mostOutputBytes = 64 * 1024 * 1024;

/** The Python that MLflow runs in, which has ONNX and its runtime beside it. */
export function pythonPath(): string {
  return join(dirname(realpathSync(mlflowPath())), 'python3');
}

/** Runs a script of this folder; what it printed. */
export async function runPython(script: string, args: readonly string[]): Promise<string> {
  const path = join(import.meta.dirname, script);
  const { stdout } = await run(pythonPath(), [path, ...args], {
    maxBuffer: mostOutputBytes,
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', PYTHONDONTWRITEBYTECODE: '1' },
  });
  return stdout;
}
