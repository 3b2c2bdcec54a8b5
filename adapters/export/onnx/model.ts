import type { LabelScale } from '../../../domain/preprocessing/label-scale.ts';
import type { Preprocessing } from '../../../domain/preprocessing/preprocessing.ts';
import { addCalibrator } from './calibrator.ts';
import { addColumns, chooseMissingText, type Columns } from './columns.ts';
import { createGraph, type Graph, type Tensor } from './graph.ts';
import { addLayer, type Weights } from './layers.ts';
import { addPreprocessing } from './preprocessing.ts';
import { encodeModel } from './proto.ts';
import type { PackagedModel } from './read-package.ts';
import type { Topology } from './topology.ts';

/** Understood by ONNX Runtime 1.12 and everything newer. */
export const opset = 17;
const mlOpset = 3;
const irVersion = 8;

export interface OnnxModel {
  readonly bytes: Uint8Array;
  readonly outputName: string;
  /** What a categorical input says where the value is missing. */
  readonly missingText: string;
}

/**
 * A package as one ONNX graph: the raw feature columns in, [rows, 1] each, the model's outputs out, [rows, width] of doubles.
 * Throws NoExport where a layer has no form here.
 */
export function toOnnx(model: PackagedModel): OnnxModel {
  const { features } = model.signature.schema;
  const graph = createGraph(
    'incumbent',
    features.map(({ name }) => name),
  );
  const missingText = chooseMissingText(listCategories(model));
  const columns = addColumns(graph, features, missingText);
  const outputs = addModel(graph, model, rememberInputs(graph, columns));
  const { graph: finished, outputName } = graph.finish(outputs, Math.max(1, widthOf(model)));
  const bytes = encodeModel({
    irVersion,
    producerName: 'incumbent',
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'ai.onnx.ml', version: mlOpset },
    ],
    graph: finished,
    metadataProps: [{ key: 'incumbent.missing_text', value: missingText }],
  });
  return { bytes, outputName, missingText };
}

function widthOf({ signature: { schema } }: PackagedModel): number {
  return schema.classes.length > 2 ? schema.classes.length : 1;
}

function listCategories({ answerer }: PackagedModel): readonly string[] {
  if (answerer.kind === 'blend') return answerer.members.flatMap(({ model }) => listCategories(model));
  return answerer.preprocessing.features.steps.flatMap((step) => (step.kind === 'categorical' ? step.categories : []));
}

type AddInputs = (preprocessing: Preprocessing) => Tensor;

/** Networks of a blend that were trained on the same rows share their preprocessing, which is most of the work. */
function rememberInputs(graph: Graph, columns: Columns): AddInputs {
  const known = new Map<string, Tensor>();
  return (preprocessing) => {
    const key = JSON.stringify(preprocessing);
    const inputs = known.get(key) ?? addPreprocessing(graph, preprocessing, columns);
    known.set(key, inputs);
    return inputs;
  };
}

function addModel(graph: Graph, { answerer, calibrator }: PackagedModel, addInputs: AddInputs): Tensor {
  if (answerer.kind === 'network') {
    const { preprocessing, topology, weights } = answerer;
    const inputs = addInputs(preprocessing.features);
    const outputs = graph.cast(addNetwork(graph, topology, weights, inputs), 'double');
    return addCalibrator(graph, calibrator, addLabelScale(graph, preprocessing.label, outputs));
  }
  const shares = answerer.members.map(({ weight, model }) =>
    graph.add('Mul', [addModel(graph, model, addInputs), graph.constant('double', [weight], [])]),
  );
  const mean = shares.slice(1).reduce((sum, share) => graph.add('Add', [sum, share]), shares[0]!);
  return addCalibrator(graph, calibrator, mean);
}

function addNetwork(graph: Graph, { layers, input, output }: Topology, weights: Weights, inputs: Tensor): Tensor {
  const tensors = new Map([[input, inputs]]);
  for (const layer of layers) {
    if (layer.name === input) continue;
    const from = layer.from.map((name) => tensors.get(name)!);
    tensors.set(layer.name, addLayer({ graph, layer, inputs: from, weights }));
  }
  return tensors.get(output)!;
}

function addLabelScale(graph: Graph, scale: LabelScale | null, outputs: Tensor): Tensor {
  if (scale === null) return outputs;
  const scaled = graph.add('Mul', [outputs, graph.constant('double', [scale.sd], [])]);
  return graph.add('Add', [scaled, graph.constant('double', [scale.mean], [])]);
}
