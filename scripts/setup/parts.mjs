import { hasAddon, provideAddon } from './addon.mjs';
import { hasExecutable, provideExecutable } from './executables.mjs';
import { hasKernels, provideKernels } from './kernels.mjs';
import { hasMlflow, provideMlflow } from './mlflow.mjs';
import { hasNodeModules, provideNodeModules } from './node-modules.mjs';
import { hasHttpfs, hasS3Server, provideHttpfs, provideS3Server } from './s3.mjs';
import { hasTensorflow, provideTensorflow } from './tensorflow.mjs';

/**
 * One thing that set-up provides: `isThere` is quick, `provide` is only called when it is not, after what it needs.
 * @typedef {{ name: string, needs: string[], isThere: () => boolean, provide: () => Promise<void> }} Part
 */

/**
 * All parts of a checkout.
 * @param {string} root
 * @param {import('./tensorflow.mjs').Provision & { production: boolean, mlflow: boolean, s3: boolean }} options production leaves out
 *   what only development needs: a deployment has its own Temporal server; mlflow and s3 add what only those need who ask for it
 * @returns {Part[]}
 */
export function listParts(root, { production, mlflow, s3, ...provision }) {
  const { report } = provision;
  /** @type {Part[]} */
  const needed = [
    {
      name: 'node modules',
      needs: [],
      isThere: () => hasNodeModules(root, { production }),
      provide: () => provideNodeModules(root, { production, report }),
    },
    { name: 'TensorFlow', needs: [], isThere: hasTensorflow, provide: () => provideTensorflow(provision) },
    {
      name: 'TensorFlow addon',
      needs: ['node modules', 'TensorFlow'],
      isThere: () => hasAddon(root),
      provide: () => provideAddon(root, { report }),
    },
    {
      name: 'training kernels',
      needs: ['node modules'],
      isThere: () => hasKernels(root),
      provide: () => provideKernels(root, { report }),
    },
  ];
  if (mlflow) {
    needed.push({ name: 'MLflow', needs: [], isThere: hasMlflow, provide: () => provideMlflow(provision) });
  }
  if (s3)
    needed.push({ name: 'DuckDB httpfs', needs: [], isThere: hasHttpfs, provide: () => provideHttpfs(provision) });
  if (s3 && !production) {
    needed.push({
      name: 'S3 server for tests',
      needs: [],
      isThere: hasS3Server,
      provide: () => provideS3Server(provision),
    });
  }
  if (production) return needed;
  const executables = /** @type {const} */ (['temporal', 'temporal-test-server']);
  return [
    ...needed,
    ...executables.map((name) => ({
      name,
      needs: [],
      isThere: () => hasExecutable(name),
      provide: () => provideExecutable(name, provision),
    })),
  ];
}

/**
 * Provides what is missing, side by side where nothing is waited for. A part whose needs failed is left out.
 * @param {Part[]} parts
 * @returns {Promise<{ provided: string[], failures: unknown[] }>}
 */
export async function provideMissing(parts) {
  /** @type {Map<string, Promise<boolean>>} */
  const runs = new Map();
  /** @type {string[]} */
  const provided = [];
  /** @type {unknown[]} */
  const failures = [];
  for (const part of parts) runs.set(part.name, provideOne(part));
  await Promise.all(runs.values());
  return { provided, failures };

  /** @param {Part} part */
  async function provideOne(part) {
    const ready = await Promise.all(part.needs.map((name) => runs.get(name) ?? Promise.resolve(false)));
    if (!ready.every(Boolean)) return false;
    try {
      if (part.isThere()) return true;
      provided.push(part.name);
      await part.provide();
      return true;
    } catch (error) {
      failures.push(error);
      return false;
    }
  }
}
