import type { Dependencies } from './dependencies.ts';
import { currentScope } from './scope.ts';

/** Completes a package for MLflow and Python, the last thing before it is registered; the version's tag of how that went. */
export async function exportPackage(
  { packages }: Dependencies,
  packageDirectory: string,
): Promise<{ readonly export: string }> {
  const { notice } = await packages.writeExport(packageDirectory);
  if (notice === null) return { export: 'onnx' };
  currentScope().warn('the version that is being registered can not be loaded from Python', {
    notice,
    packageDirectory,
  });
  return { export: `none: ${notice}` };
}
