import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { addonFlags, compile, findCompiler } from './compiler.mjs';
import { SetupError } from './errors.mjs';
import { cacheDirectory, tensorflowDirectory } from './locate.mjs';
import { publish, withScratch } from './publish.mjs';
import { lastLines, run } from './run.mjs';
import { tensorflowLibraries } from './tensorflow.mjs';

const part = 'TensorFlow addon';
const recipe = 1; // raise when the way of building changes, so that cached addons are built anew
const addonName = 'tfjs_binding.node';
const sources = ['tfjs_backend', 'tfjs_binding'];

/** @param {string} root */
const packageFolder = (root) => join(root, 'node_modules', '@tensorflow', 'tfjs-node');

/**
 * Where @tensorflow/tfjs-node looks for its addon: by the newest Node-API version that both it and Node have.
 * @param {string} root
 */
export function addonPath(root) {
  const { binary } = readManifest(root);
  const newest = Math.max(...binary.napi_versions.filter((version) => version <= Number(process.versions.napi)));
  return join(packageFolder(root), 'lib', `napi-v${newest}`, addonName);
}

/**
 * Whether the addon was built by this set-up for the TensorFlow in use, and finds its libraries.
 * @param {string} root
 */
export function hasAddon(root) {
  if (!existsSync(packageFolder(root))) return false;
  const deps = join(packageFolder(root), 'deps');
  const linked =
    lstatSync(deps, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(deps) === tensorflowDirectory();
  const stamp = `${addonPath(root)}.key`;
  return (
    Boolean(linked) &&
    existsSync(addonPath(root)) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === addonKey(root)
  );
}

/**
 * Builds tfjs-node's addon against the TensorFlow in use, or takes the one that another checkout built.
 *
 * The compiler is called directly: node-gyp would download Node's headers from a host that many networks block, while the
 * addon needs only the stable Node-API headers, which are an npm package.
 * @param {string} root
 * @param {{ report: import('./report.mjs').Report }} options
 */
export async function provideAddon(root, { report }) {
  report.step(part, 'building');
  linkTensorflow(root);
  const cached = join(cacheDirectory(), 'addon', addonKey(root));
  if (!existsSync(cached)) await publish(cached, (folder) => build(root, folder));
  install(root, join(cached, addonName));
  let failure = await tryAddon(root);
  if (failure) {
    // The cache may come from another machine, with a home directory on the network: build here before giving up.
    await withScratch(async (folder) => {
      await build(root, folder);
      install(root, join(folder, addonName));
    });
    failure = await tryAddon(root);
  }
  if (failure) throw failure;
  report.finish(part, `built for ${tensorflowDirectory()}`);
}

/** @param {string} root */
function linkTensorflow(root) {
  const deps = join(packageFolder(root), 'deps');
  rmSync(deps, { recursive: true, force: true });
  symlinkSync(tensorflowDirectory(), deps);
}

/**
 * @param {string} root
 * @param {string} folder
 */
async function build(root, folder) {
  const compiler = findCompiler();
  const include = [join(root, 'node_modules', 'node-api-headers', 'include'), join(tensorflowDirectory(), 'include')];
  const flags = ['-std=c++17', '-O2', '-fPIC', '-DNAPI_VERSION=8', ...include.flatMap((path) => ['-isystem', path])];
  const objects = sources.map((name) => join(folder, `${name}.o`));
  await Promise.all(
    sources.map((name, index) => {
      const source = join(packageFolder(root), 'binding', `${name}.cc`);
      return compile(compiler, [...flags, '-c', source, '-o', String(objects[index])]);
    }),
  );
  await compile(compiler, [
    ...linkFlags(),
    '-o',
    join(folder, addonName),
    ...objects,
    ...tensorflowLibraries(tensorflowDirectory()),
  ]);
  objects.forEach((object) => rmSync(object));
}

/** The addon finds the libraries beside itself, in node_modules, whatever the cache is called. */
function linkFlags() {
  const origin = process.platform === 'darwin' ? '@loader_path' : '$ORIGIN';
  return [...addonFlags(), `-Wl,-rpath,${origin}/../../deps/lib`];
}

/**
 * @param {string} root
 * @param {string} built
 */
function install(root, built) {
  const target = addonPath(root);
  mkdirSync(join(target, '..'), { recursive: true });
  copyFileSync(built, `${target}.new`);
  renameSync(`${target}.new`, target); // a running process keeps the old one
  writeFileSync(`${target}.key`, addonKey(root));
}

/**
 * Loads the addon in a process of its own, as a processor that TensorFlow was not built for kills it.
 * @param {string} root
 */
async function tryAddon(root) {
  const { code, signal, output } = await run(process.execPath, ['-e', 'require(process.argv[1])', addonPath(root)]);
  if (code === 0) return undefined;
  return new SetupError(
    `The TensorFlow addon does not load: ${signal ? `it was ended by ${signal}` : lastLines(output)}`,
    signal === 'SIGILL'
      ? "This processor lacks instructions (AVX) that TensorFlow is built with; a virtual machine may hide them: use the host's processor model."
      : 'Run `npm run doctor` to see which parts it was built from.',
  );
}

/** @param {string} root */
function addonKey(root) {
  const tensorflow = tensorflowDirectory();
  const identity = process.env['INCUMBENT_TENSORFLOW_DIR'] ? realpathSync(tensorflow) : basename(tensorflow);
  const hash = createHash('sha256')
    .update(JSON.stringify([recipe, process.platform, process.arch, identity]))
    .digest('hex');
  return `tfjs-node-${readManifest(root).version}-${hash.slice(0, 16)}`;
}

/**
 * @param {string} root
 * @returns {{ version: string, binary: { napi_versions: number[] } }}
 */
function readManifest(root) {
  return JSON.parse(readFileSync(join(packageFolder(root), 'package.json'), 'utf8'));
}
