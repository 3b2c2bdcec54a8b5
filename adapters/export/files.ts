/** What an export writes into a package. */
export const onnxFile = 'model.onnx';
export const exportFile = 'export.json';
export const mlmodelFile = 'MLmodel';
export const codeFolder = 'code';
export const inputExampleFile = 'input_example.json';
export const servingExampleFile = 'serving_input_example.json';
export const requirementsFile = 'requirements.txt';
export const pythonEnvironmentFile = 'python_env.yaml';
export const condaFile = 'conda.yaml';

/** All of it: a package that is made of another one must not keep these. */
export const exportedFiles: readonly string[] = [
  onnxFile,
  exportFile,
  mlmodelFile,
  codeFolder,
  inputExampleFile,
  servingExampleFile,
  requirementsFile,
  pythonEnvironmentFile,
  condaFile,
];
