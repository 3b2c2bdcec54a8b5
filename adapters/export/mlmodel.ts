import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { DataSchema, Feature } from '../../domain/table.ts';
import {
  codeFolder,
  condaFile,
  inputExampleFile,
  pythonEnvironmentFile,
  requirementsFile,
  servingExampleFile,
} from './files.ts';
import type { Signature } from '../ports/model-runtime.ts';

export const loaderModule = 'incumbent_package_v1';
/** What the loader was tried with; it uses nothing that is new. */
const pythonVersion = '3.11.0';
const requirements = ['mlflow>=2.22', 'numpy>=1.24', 'onnxruntime>=1.16', 'pandas>=2.0'];

export interface ExportedFiles {
  readonly signature: Signature;
  /** Identity of what answers. */
  readonly weightsSha256: string;
  /** Of the package and, in a blend, of its members: folders that have a `model.json`. */
  readonly networks: readonly string[];
  /** Null where no Python can load it. */
  readonly onnx: { readonly file: string; readonly opset: number } | null;
  readonly notice: string | null;
}

/** The `MLmodel` file, by which MLflow knows a folder as a model. The same package gives the same text. */
export function describeForMlflow({ signature, weightsSha256, networks, onnx, notice }: ExportedFiles): string {
  const { schema, task, snapshotId, candidateId, lastKey } = signature;
  const identity = JSON.stringify([weightsSha256, candidateId, snapshotId, lastKey]);
  return stringify({
    flavors: {
      tfjs: {
        format: 'layers-model',
        models: networks.map((folder) => (folder === '' ? 'model.json' : `${folder}/model.json`)),
        preprocessing: networks.map((folder) =>
          folder === '' ? 'preprocessing.json' : `${folder}/preprocessing.json`,
        ),
      },
      ...(onnx && pythonFlavors(onnx)),
    },
    model_uuid: createHash('sha256').update(identity).digest('hex').slice(0, 32),
    metadata: { task, snapshotId, candidateId, weightsSha256, ...(notice !== null && { notice }) },
    saved_input_example_info: {
      artifact_path: inputExampleFile,
      pandas_orient: 'split',
      serving_input_path: servingExampleFile,
      type: 'dataframe',
    },
    signature: {
      inputs: JSON.stringify(schema.features.map(describeInput)),
      outputs: JSON.stringify(describeOutputs(schema)),
      params: null,
    },
  });
}

function pythonFlavors({ file, opset }: NonNullable<ExportedFiles['onnx']>) {
  return {
    onnx: { data: file, opset, providers: ['CPUExecutionProvider'], onnx_session_options: null, code: null },
    python_function: {
      loader_module: loaderModule,
      code: codeFolder,
      env: { conda: condaFile, virtualenv: pythonEnvironmentFile },
      python_version: pythonVersion,
    },
  };
}

/**
 * MLflow makes false of a missing boolean and naive of a time with an offset, so that both go through as they are, and the loader
 * reads them. A missing value is null; every column has to be there.
 */
function describeInput({ name, type }: Feature) {
  const mlflowType = { numeric: 'double', categorical: 'string', boolean: 'any', timestamp: 'any' }[type];
  return { type: mlflowType, name, required: true };
}

function describeOutputs({ classes }: DataSchema) {
  if (classes.length === 0) return [{ type: 'double', name: 'value', required: true }];
  return [
    { type: 'string', name: 'label', required: true },
    { type: 'double', name: 'probability', required: true },
    { type: 'map', values: { type: 'double', required: true }, name: 'probabilities', required: true },
  ];
}

/** What MLflow makes an environment of. */
export function environmentFiles(): Readonly<Record<string, string>> {
  const python = pythonVersion.replace(/\.0$/, '');
  return {
    [requirementsFile]: `${requirements.join('\n')}\n`,
    [pythonEnvironmentFile]: stringify({
      python,
      build_dependencies: ['pip'],
      dependencies: [`-r ${requirementsFile}`],
    }),
    [condaFile]: stringify({
      name: 'mlflow-env',
      channels: ['conda-forge'],
      dependencies: [`python=${python}`, 'pip', { pip: requirements }],
    }),
  };
}
