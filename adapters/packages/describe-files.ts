import { readdir } from 'node:fs/promises';

const descriptions: Readonly<Record<string, string>> = {
  MLmodel: 'what MLflow knows it by: flavours, signature, input example',
  'answers.json': 'what answers are told with: the range of its training, how far it errs',
  'blend.json': 'its networks and their shares; each is a package in members/',
  'calibration.json': 'the calibrator on top',
  code: 'the loader that Python uses',
  'conda.yaml': 'Python environment, for conda',
  'contract.json': 'what live data must look like',
  'export.json': 'what Python can load, or why it can not',
  'following.json': 'which version it follows the labels from, and with which shares',
  'golden.json': 'rows, and what it said to them when it was trained',
  'importances.json': 'what its loss owes to each feature',
  'input_example.json': 'rows to try it with',
  'manifest.json': 'size and SHA-256 of every file',
  'manifest.signature.json': 'ed25519 signature of the manifest',
  members: 'the networks of a blend, each a package',
  'model-card.html': 'what it is, for people',
  'model-card.md': 'the same, as text',
  'model.json': 'the network, as tfjs-layers saves it',
  'model.onnx': 'the whole of it, from raw feature columns to outputs',
  'preprocessing.json': 'how rows become the inputs of the network',
  'python_env.yaml': 'Python environment, for virtualenv',
  'reference.json': 'what live inputs and predictions are compared with',
  'requirements.txt': 'Python packages that it needs',
  'scores.json': 'what its outputs were worth on the holdout',
  'serving_input_example.json': 'the same rows as a request to `mlflow models serve`',
  'signature.json': 'features with their types, label, classes, snapshot',
  'training.json': 'how training went',
  'weights.bin': 'the weights',
};

export interface DescribedFile {
  readonly name: string;
  readonly what: string;
}

/** The files and folders at the top of a package, each with what it is; nothing for one that is not known. */
export async function describeFiles(packageDirectory: string): Promise<readonly DescribedFile[]> {
  const names = (await readdir(packageDirectory)).sort();
  return names.map((name) => ({ name, what: Object.hasOwn(descriptions, name) ? descriptions[name]! : '' }));
}
