import { calibrateInPlace, type Calibrator } from '../../domain/calibration/calibrator.ts';
import { outputWidthOf } from '../runtime/examples.ts';
import { loadNativeKernels, type NativeKernels } from '../runtime/native-kernels.ts';
import { activate } from './activate.ts';
import { createArena, type Arena } from './arena.ts';
import { compilePreprocessing, type FillInputs } from './compile-preprocessing.ts';
import { createDenseKernel, padUnits, type DenseCall, type RunLayer } from './dense-kernel.ts';
import { createFeatureBuffer, type FeatureBuffer } from './feature-buffer.ts';
import type { DensePackage, Member } from './read-package.ts';
import { NotCompilable, type StackLayer } from './read-stack.ts';

/** A package's networks as vector code on buffers that are made once: a run allocates nothing. */
export interface CompiledModel {
  readonly buffer: FeatureBuffer;
  /** Outputs a row. */
  readonly width: number;
  /**
   * Answers the first rows of the buffer.
   *
   * @returns row-major outputs, of which the first `rows · width` count; overwritten by the next run
   */
  run(rows: number): Float64Array;
}

/** Rows a run: enough to keep the processor's vectors busy, few enough for its nearest memory. */
const capacity = 256;
const mostMembers = 16;

/** Throws NotCompilable where the parts of the package don't fit together. */
export function compileModel(
  { signature: { schema }, members, calibrator }: DensePackage,
  kernels: NativeKernels | null = loadNativeKernels(),
): CompiledModel {
  if (members.length > mostMembers) throw new NotCompilable(`it blends ${members.length} networks`);
  const width = outputWidthOf(schema.classes);
  const buffer = createFeatureBuffer(schema, categoriesOf(members), capacity);
  const arena = createArena();
  const layouts = layOut(arena, members, width);
  const { memory, floats } = arena.close();
  const kernel = createDenseKernel(memory, kernels);
  const inputs = layouts.map(({ inputs: at, member }) => floats(at, capacity * member.preprocessing.width));
  const fills = distinct(layouts).map((layout) =>
    compilePreprocessing(layout.member.preprocessing, buffer, inputs[layouts.indexOf(layout)]!, kernels),
  );
  const runs = layouts.map((layout) => compileMember(layout, kernel, floats, width));
  return { buffer, width, run: blend(fills, runs, members, calibrator, width) };
}

function categoriesOf(members: readonly Member[]): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, Set<string>>();
  for (const step of members.flatMap(({ preprocessing }) => preprocessing.steps)) {
    if (step.kind !== 'categorical') continue;
    known.set(step.feature, new Set([...(known.get(step.feature) ?? []), ...step.categories]));
  }
  return new Map([...known].map(([feature, categories]) => [feature, [...categories]]));
}

interface LayerLayout {
  readonly layer: StackLayer;
  readonly call: DenseCall;
}

/** Where a member's inputs, weights and outputs lie; members of equal preprocessing share their inputs. */
interface Layout {
  readonly member: Member;
  readonly inputs: number;
  readonly layers: readonly LayerLayout[];
}

function layOut(arena: Arena, members: readonly Member[], width: number): readonly Layout[] {
  const inputsOf = new Map<string, number>();
  return members.map((member) => {
    const { preprocessing, layers } = member;
    const key = JSON.stringify(preprocessing);
    const inputs = inputsOf.get(key) ?? arena.reserve(capacity * preprocessing.width);
    inputsOf.set(key, inputs);
    const laid: LayerLayout[] = [];
    let [x, xStride] = [inputs, preprocessing.width];
    for (const layer of layers) {
      const units = padUnits(layer.units);
      if (layer.inputs !== (laid.at(-1)?.layer.units ?? preprocessing.width)) {
        throw new NotCompilable(`a layer of its network takes ${layer.inputs} inputs, which is not what it is given`);
      }
      const [weights, bias] = [arena.reserve(layer.inputs * units), arena.reserve(units)];
      const y = arena.reserve(capacity * units);
      const isRectified = layer.activation === 'relu';
      laid.push({ layer, call: { x, weights, bias, y, xStride, inputs: layer.inputs, units, isRectified } });
      [x, xStride] = [y, units];
    }
    if (layers.at(-1)?.units !== width) {
      throw new NotCompilable(`its network gives ${layers.at(-1)?.units} outputs where its classes need ${width}`);
    }
    return { member, inputs, layers: laid };
  });
}

/** The first layout of each preprocessing. */
function distinct(layouts: readonly Layout[]): readonly Layout[] {
  return layouts.filter((layout, index) => layouts.findIndex(({ inputs }) => inputs === layout.inputs) === index);
}

/** Answers the inputs of a member. */
type RunMember = (rows: number) => Float64Array;

function compileMember(
  { member: { label, calibrator }, layers }: Layout,
  kernel: (call: DenseCall) => RunLayer,
  floats: (offset: number, length: number) => Float32Array,
  width: number,
): RunMember {
  const steps = layers.map(({ layer, call }) => {
    storePadded(layer, floats(call.weights, layer.inputs * call.units), floats(call.bias, call.units));
    const outputs = floats(call.y, capacity * call.units);
    return { run: kernel(call), stride: call.units, units: layer.units, activation: layer.activation, outputs };
  });
  const { outputs: last, stride: lastStride } = steps.at(-1)!;
  const [sd, mean] = [label?.sd ?? 1, label?.mean ?? 0];
  const answers = new Float64Array(capacity * width);
  return (rows) => {
    for (const { run, stride, units, activation, outputs } of steps) {
      run(rows);
      activate(activation, outputs, rows, stride, units);
    }
    for (let row = 0, at = 0, from = 0; row < rows; row += 1, from += lastStride) {
      for (let output = 0; output < width; output += 1, at += 1) answers[at] = last[from + output]! * sd + mean;
    }
    if (calibrator !== null) calibrateInPlace(calibrator, answers, width, rows);
    return answers;
  };
}

function storePadded({ inputs, units, kernel, bias }: StackLayer, weights: Float32Array, biases: Float32Array): void {
  const stride = biases.length;
  for (let input = 0; input < inputs; input += 1) {
    weights.set(kernel.subarray(input * units, (input + 1) * units), input * stride);
  }
  biases.set(bias);
}

/** The weighted mean of the members' answers. */
function blend(
  fills: readonly FillInputs[],
  runs: readonly RunMember[],
  members: readonly Member[],
  calibrator: Calibrator | null,
  width: number,
): (rows: number) => Float64Array {
  const isSingle = runs.length === 1 && members[0]!.weight === 1;
  const sums = new Float64Array(capacity * width);
  return (rows) => {
    for (const fill of fills) fill(rows);
    if (isSingle && calibrator === null) return runs[0]!(rows);
    sums.fill(0, 0, rows * width);
    for (const [index, run] of runs.entries()) {
      const { weight } = members[index]!;
      const answers = run(rows);
      for (let at = 0; at < rows * width; at += 1) sums[at]! += weight * answers[at]!;
    }
    if (calibrator !== null) calibrateInPlace(calibrator, sums, width, rows);
    return sums;
  };
}
