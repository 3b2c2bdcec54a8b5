import { applyCalibrator, type Calibrator } from '../../domain/calibration/calibrator.ts';
import { baselineInputs, sumByFeature } from '../../domain/explain/baseline.ts';
import type { DenseStack } from '../../domain/explain/dense-stack.ts';
import { attributeDense } from '../../domain/explain/integrated-gradients.ts';
import { applyPreprocessing } from '../../domain/preprocessing/apply.ts';
import type { Table } from '../../domain/table.ts';
import { readDensePackage, type DensePackage, type Member } from '../engine/read-package.ts';
import { NotCompilable, type StackLayer } from '../engine/read-stack.ts';

/** What each feature did to an answer: together with the baseline's output and what is left of rounding they are the output. */
export interface Explanation {
  readonly output: number;
  /** Of an average row: medians, yes and no in equal parts, categories in equal parts. */
  readonly baselineOutput: number;
  /** By feature, the largest first, whatever its sign. */
  readonly contributions: readonly { readonly feature: string; readonly contribution: number }[];
}

export interface Explainer {
  /**
   * Explains one output of a single row.
   *
   * @param of index of the class whose probability is explained; 0 for a value
   */
  explain(row: Table, of: number): Explanation;
}

/** Weights times hidden units of all networks: one explanation takes a few dozen milliseconds at the most. */
const mostWork = 5e7;

/** Throws NotCompilable where a package can't be explained, with the reason. */
export async function loadExplainer(packageDirectory: string): Promise<Explainer> {
  const dense = await readDensePackage(packageDirectory);
  const members = dense.members.map((member) => ({ ...member, stack: toStack(member.layers) }));
  const work = members.reduce((sum, { layers }) => sum + workOf(layers), 0);
  if (work > mostWork) throw new NotCompilable(`its networks are too large to be explained while a client waits`);
  return { explain: (row, of) => explainRow(dense, members, row, of) };
}

function workOf(layers: readonly StackLayer[]): number {
  const weights = layers.reduce((sum, { kernel }) => sum + kernel.length, 0);
  return weights * (1 + layers.slice(0, -1).reduce((sum, { units }) => sum + units, 0));
}

function toStack(layers: readonly StackLayer[]): DenseStack {
  const bent = layers.slice(0, -1).find(({ activation }) => activation !== 'relu');
  if (bent !== undefined) throw new NotCompilable(`its network has a hidden layer of activation "${bent.activation}"`);
  const ending = layers.at(-1)?.activation;
  if (ending !== 'linear' && ending !== 'sigmoid' && ending !== 'softmax') {
    throw new NotCompilable(`its network ends in the activation "${ending}"`);
  }
  return { layers, ending };
}

interface StackMember extends Member {
  readonly stack: DenseStack;
}

interface Part {
  readonly outputs: Float64Array;
  readonly baselineOutputs: Float64Array;
  /** What each feature did to the output in question. */
  readonly contributions: ReadonlyMap<string, number>;
}

function explainRow(
  { signature: { schema }, calibrator }: DensePackage,
  members: readonly StackMember[],
  row: Table,
  of: number,
): Explanation {
  // A binary network has the second class alone for its output.
  const isBinary = schema.classes.length === 2;
  const [output, sign] = isBinary ? [0, of === 1 ? 1 : -1] : [of, 1];
  const parts = members.map((member) => [member.weight, attributeMember(member, row, output)] as const);
  const blended = recalibrate(calibrator, average(parts), output);
  const value = (outputs: Float64Array): number => (sign === 1 ? outputs[output]! : 1 - outputs[output]!);
  return {
    output: value(blended.outputs),
    baselineOutput: value(blended.baselineOutputs),
    contributions: [...blended.contributions]
      .map(([feature, contribution]) => ({ feature, contribution: sign * contribution }))
      .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)),
  };
}

function attributeMember({ stack, preprocessing, label, calibrator }: StackMember, row: Table, of: number): Part {
  const inputs = Float64Array.from(applyPreprocessing(preprocessing, row).values);
  const baseline = baselineInputs(preprocessing);
  const width = stack.layers.at(-1)!.bias.length;
  const [sd, mean] = [label?.sd ?? 1, label?.mean ?? 0];
  const found = Array.from({ length: width }, (_, output) => attributeDense(stack, inputs, baseline, output));
  const part = {
    outputs: Float64Array.from(found, ({ output }) => output * sd + mean),
    baselineOutputs: Float64Array.from(found, ({ baselineOutput }) => baselineOutput * sd + mean),
    contributions: sumByFeature(preprocessing, found[of]!.attributions.map((value) => value * sd)), // prettier-ignore
  };
  return recalibrate(calibrator, part, of);
}

/**
 * Contributions to what a calibrator makes of an output: in the proportion of those to the output itself, so that they still sum to the
 * difference from the baseline (the rescale rule of DeepLIFT, Shrikumar et al. 2017).
 */
function recalibrate(calibrator: Calibrator | null, part: Part, of: number): Part {
  if (calibrator === null) return part;
  const width = part.outputs.length;
  const apply = (values: Float64Array): Float64Array =>
    Float64Array.from(applyCalibrator(calibrator, { width, values }).values);
  const [outputs, baselineOutputs] = [apply(part.outputs), apply(part.baselineOutputs)];
  const difference = part.outputs[of]! - part.baselineOutputs[of]!;
  const factor = Math.abs(difference) < 1e-12 ? 1 : (outputs[of]! - baselineOutputs[of]!) / difference;
  const contributions = new Map([...part.contributions].map(([feature, value]) => [feature, value * factor]));
  return { outputs, baselineOutputs, contributions };
}

function average(parts: readonly (readonly [number, Part])[]): Part {
  const mean = (pick: (part: Part) => Float64Array): Float64Array =>
    pick(parts[0]![1]).map((_, at) => parts.reduce((sum, [weight, part]) => sum + weight * pick(part)[at]!, 0));
  const contributions = new Map<string, number>();
  for (const [weight, part] of parts) {
    for (const [feature, value] of part.contributions) {
      contributions.set(feature, (contributions.get(feature) ?? 0) + weight * value);
    }
  }
  return {
    outputs: mean(({ outputs }) => outputs),
    baselineOutputs: mean(({ baselineOutputs }) => baselineOutputs),
    contributions,
  };
}
