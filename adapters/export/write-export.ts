import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelExport } from '../ports/model-packages.ts';
import type { Signature } from '../ports/model-runtime.ts';
import { hashWeights, readBlend } from '../runtime/blend-file.ts';
import type { Golden } from '../runtime/golden.ts';
import { readPackageFile } from '../runtime/model-package.ts';
import {
  codeFolder,
  exportedFiles,
  exportFile,
  inputExampleFile,
  mlmodelFile,
  onnxFile,
  servingExampleFile,
} from './files.ts';
import { describeForMlflow, environmentFiles, loaderModule } from './mlmodel.ts';
import { opset, toOnnx, type OnnxModel } from './onnx/model.ts';
import { readPackagedModel } from './onnx/read-package.ts';
import { NoExport } from './onnx/topology.ts';

const exampleRows = 5;

/** Writes into a package what MLflow and Python need to load it. The package is whole without; what can't be exported is said. */
export async function writeExport(directory: string): Promise<ModelExport> {
  for (const file of exportedFiles) await rm(join(directory, file), { recursive: true, force: true });
  const signature = await readPackageFile<Signature>(directory, 'signature.json');
  const made = await makeOnnx(directory);
  const notice = 'notice' in made ? made.notice : null;
  const onnx = 'notice' in made ? null : made;
  if (onnx !== null) await writePythonFiles(directory, onnx);
  await writeExamples(directory, signature);
  const blend = await readBlend(directory);
  const mlmodel = describeForMlflow({
    signature,
    weightsSha256: await hashWeights(directory),
    networks: blend === null ? [''] : blend.members.map((member) => member.directory),
    onnx: onnx && { file: onnxFile, opset },
    notice,
  });
  await writeFile(join(directory, mlmodelFile), mlmodel);
  const { outputName: output, missingText } = onnx ?? {};
  const described = onnx === null ? null : { file: onnxFile, opset, output, missingText };
  await writeFile(join(directory, exportFile), `${JSON.stringify({ format: 1, onnx: described, notice }, null, 2)}\n`);
  return { notice };
}

async function makeOnnx(directory: string): Promise<OnnxModel | { readonly notice: string }> {
  try {
    return toOnnx(await readPackagedModel(directory));
  } catch (error) {
    if (!(error instanceof NoExport)) throw error;
    return {
      notice: `it has no form that Python could load: ${error.message}; the service and tfjs load it all the same`,
    };
  }
}

async function writePythonFiles(directory: string, { bytes }: OnnxModel): Promise<void> {
  await writeFile(join(directory, onnxFile), bytes);
  await mkdir(join(directory, codeFolder));
  const loader = fileURLToPath(new URL(`python/${loaderModule}.py`, import.meta.url));
  await copyFile(loader, join(directory, codeFolder, `${loaderModule}.py`));
  for (const [file, text] of Object.entries(environmentFiles())) await writeFile(join(directory, file), text);
}

/** The golden rows that begin and end it: the last one has missing values. */
async function writeExamples(directory: string, { schema }: Signature): Promise<void> {
  const { rows } = await readPackageFile<Golden>(directory, 'golden.json');
  const chosen = rows.length <= exampleRows ? rows : [...rows.slice(0, exampleRows - 1), rows.at(-1)!];
  const columns = schema.features.map(({ name }) => name);
  const table = { columns, data: chosen.map((row) => columns.map((name) => row[name] ?? null)) };
  await writeFile(join(directory, inputExampleFile), `${JSON.stringify(table)}\n`);
  await writeFile(join(directory, servingExampleFile), `${JSON.stringify({ dataframe_split: table })}\n`);
}
