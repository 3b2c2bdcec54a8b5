/**
 * Who may import what: the allow-list that STYLE asks for. Own files by the beginning of their path, libraries by
 * package. What is not listed is refused.
 * @typedef {{ files: string[], typesOf?: string[], libraries: string[] | 'any', except?: RegExp }} Room
 */

import { computed } from './read-imports.mjs';

const node = 'node:';
const temporal = /^@temporalio\//;

/** @type {Record<string, Room>} */
export const rooms = {
  'domain/': { files: ['domain/'], libraries: [] },
  'config/': { files: ['config/', 'domain/'], libraries: ['zod', node, computed] }, // computed: the user's project
  'workflows/': {
    files: ['workflows/', 'domain/lifecycle/'],
    typesOf: ['domain/', 'activities/', 'adapters/ports/'],
    libraries: ['@temporalio/workflow', '@temporalio/common'],
  },
  'activities/': {
    files: ['activities/', 'domain/'],
    typesOf: ['adapters/ports/'],
    libraries: ['@temporalio/activity', '@temporalio/common', node],
  },
  'adapters/ports/': { files: ['adapters/ports/'], typesOf: ['domain/'], libraries: [] },
  'adapters/': { files: ['adapters/', 'domain/', 'config/'], libraries: 'any', except: temporal },
  'serving/': {
    files: ['serving/', 'adapters/', 'domain/', 'config/', 'scripts/setup/locate.mjs'],
    libraries: 'any',
    except: temporal,
  },
  'client/': {
    files: [
      'client/',
      'backtest/',
      'adapters/',
      'domain/',
      'config/',
      'workflows/messages.ts',
      'workflows/search-attributes.ts',
      'scripts/setup/locate.mjs',
    ],
    typesOf: ['workflows/', 'activities/types.ts'],
    libraries: 'any',
    except: /^@temporalio\/(?!client|common|envconfig)/,
  },
  worker: {
    files: [
      'worker',
      'workflows/',
      'activities/',
      'adapters/',
      'serving/',
      'config/',
      'domain/',
      'scripts/setup/locate.mjs',
    ],
    libraries: 'any',
  },
  'backtest/': {
    files: ['backtest/', 'workflows/find-challenger.ts', 'activities/', 'adapters/', 'domain/', 'config/'],
    libraries: 'any',
    except: temporal,
  },
  'examples/': { files: ['config/', 'domain/'], libraries: 'any', except: temporal },
  'temporal-docker/': { files: ['client/', 'config/'], libraries: [node] },
  'bin/': { files: ['client/'], libraries: ['tsx', node] },
  'scripts/': { files: ['scripts/'], libraries: 'any' },
  // A package of its own: it may know nothing of the rest.
  'mlflow-js-client/src/': { files: ['mlflow-js-client/src/'], libraries: ['zod', node] },
  'mlflow-js-client/build.mjs': { files: [], libraries: [node] },
};

/** Folders that try out everything else, and that nothing else may import. */
export const freeFolders = ['test/', 'simulations/', 'bench/', 'mlflow-js-client/test/'];

/**
 * Says what is wrong with an import, or nothing.
 * @param {string} importer path from the root, with slashes
 * @param {{ specifier: string, typeOnly: boolean, target: string | undefined }} mention target is the path from the root
 *   of an own file; a library has none
 * @returns {string | undefined}
 */
export function judgeImport(importer, { specifier, typeOnly, target }) {
  if (freeFolders.some((folder) => importer.startsWith(folder))) return undefined;
  const name = Object.keys(rooms).find((start) => importer.startsWith(start));
  const room = name === undefined ? undefined : rooms[name];
  if (!room)
    return `${importer} is in no room that the dependency rule knows; add it to scripts/check/allowed-imports.mjs`;
  if (target !== undefined) {
    const allowed = typeOnly ? [...room.files, ...(room.typesOf ?? [])] : room.files;
    if (allowed.some((start) => target.startsWith(start))) return undefined;
    const onlyTypes = !typeOnly && room.typesOf?.some((start) => target.startsWith(start));
    return onlyTypes
      ? `${name} may use only the types of ${target}: say \`import type\``
      : `${name} may not import ${target}`;
  }
  if (room.libraries === 'any') return room.except?.test(specifier) ? `${name} may not import ${specifier}` : undefined;
  const allowed = room.libraries.some((library) =>
    library === node ? specifier.startsWith(node) : specifier === library || specifier.startsWith(`${library}/`),
  );
  return allowed ? undefined : `${name} may not import ${specifier}`;
}
