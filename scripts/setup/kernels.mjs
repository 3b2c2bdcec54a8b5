import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addonFlags, compile, findCompiler } from './compiler.mjs';
import { cacheDirectory } from './locate.mjs';
import { publish } from './publish.mjs';
import { run } from './run.mjs';

const part = 'training kernels';
const addonName = 'dense.node';
/** What calls for no special instructions. */
const plainUnits = ['binding', 'bind_rows', 'map_file', 'pool'];
/** What is compiled for each instruction set; rows are answered as WebAssembly does, which rounds a product before it is added. */
const unitFlags = { dense_steps: ['-ffp-contract=fast'], answer_rows: ['-ffp-contract=off'] };
const sources = [
  ...['answer_rows', 'bind_rows', 'dense_steps', 'map_file', 'pool'].flatMap((name) => [`${name}.cc`, `${name}.h`]),
  'binding.cc',
  'values.h',
];
const flags = [
  '-std=c++17',
  '-O3',
  '-fPIC',
  '-fvisibility=hidden',
  '-fno-math-errno',
  '-fno-trapping-math',
  '-Wno-psabi',
];

/** The same source for each instruction set; which one runs is decided when the addon is loaded. */
const instructionSets = {
  baseline: [],
  ...(process.arch === 'x64' && {
    avx2: ['-mavx2', '-mfma'],
    avx512: ['-mavx512f', '-mavx512vl', '-mavx512dq', '-mavx512bw', '-mfma', '-mprefer-vector-width=512'],
  }),
};

/**
 * Where adapters/runtime/native-kernels.ts looks for the addon.
 * @param {string} root
 */
const kernelsPath = (root) => join(root, 'node_modules', '.incumbent', addonName);

/**
 * Whether the addon was built from these sources, or could not be.
 * @param {string} root
 */
export function hasKernels(root) {
  const stamp = `${kernelsPath(root)}.key`;
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === kernelsKey(root);
}

/**
 * Builds the addon that trains dense networks, or takes the one that another checkout built. Training goes without it, only
 * slower, so that a compiler that can't build it is no reason to stop.
 * @param {string} root
 * @param {{ report: import('./report.mjs').Report }} options
 */
export async function provideKernels(root, { report }) {
  report.step(part, 'building');
  const target = kernelsPath(root);
  mkdirSync(join(target, '..'), { recursive: true });
  const cached = join(cacheDirectory(), 'kernels', kernelsKey(root));
  try {
    if (!existsSync(cached)) await publish(cached, (folder) => build(root, folder));
    copyFileSync(join(cached, addonName), `${target}.new`);
    renameSync(`${target}.new`, target); // a running process keeps the old one
    const { code, output } = await run(process.execPath, [
      '-e',
      'console.log(require(process.argv[1]).available[0])',
      target,
    ]);
    if (code !== 0) throw new Error(output);
    report.finish(part, `built, running on ${output.trim()} instructions`);
  } catch (error) {
    rmSync(target, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    report.finish(part, `not built: networks train by TensorFlow alone, several times slower (${why})`);
  }
  writeFileSync(`${target}.key`, kernelsKey(root));
}

/**
 * @param {string} root
 * @param {string} folder
 */
async function build(root, folder) {
  const compiler = findCompiler();
  const common = [...flags, '-DNAPI_VERSION=8', '-isystem', join(root, 'node_modules', 'node-api-headers', 'include')];
  const source = (/** @type {string} */ name) => join(root, 'native', name);
  const units = [
    ...plainUnits.map((name) => ({
      source: source(`${name}.cc`),
      object: join(folder, `${name}.o`),
      own: /** @type {string[]} */ ([]),
    })),
    ...Object.entries(unitFlags).flatMap(([unit, contraction]) =>
      Object.entries(instructionSets).map(([name, own]) => ({
        source: source(`${unit}.cc`),
        object: join(folder, `${unit}-${name}.o`),
        own: [...own, ...contraction, `-DINCUMBENT_INSTRUCTIONS=${name}`],
      })),
    ),
  ];
  // Some at a time: there are more of them than processors.
  for (const some of [units.slice(0, plainUnits.length), units.slice(plainUnits.length)]) {
    await Promise.all(
      some.map(({ source: from, object, own }) => compile(compiler, [...common, ...own, '-c', from, '-o', object])),
    );
  }
  const objects = units.map(({ object }) => object);
  await compile(compiler, [...addonFlags(), '-o', join(folder, addonName), ...objects]);
  objects.forEach((object) => rmSync(object));
}

/** @param {string} root */
function kernelsKey(root) {
  const hash = createHash('sha256').update(
    JSON.stringify([process.platform, process.arch, flags, unitFlags, instructionSets]),
  );
  for (const name of sources) hash.update(readFileSync(join(root, 'native', name)));
  return hash.digest('hex').slice(0, 16);
}
