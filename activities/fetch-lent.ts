import type { Registry, RegistryErrorCode } from '../adapters/ports/registry.ts';

/** A package that is not what was registered, that nobody who is trusted has signed, or that is there no more. */
const unusable: readonly RegistryErrorCode[] = ['package-altered', 'package-untrusted', 'package-removed'];

/**
 * Packages of earlier versions that lend their networks. One that may not be loaded lends nothing, and says so: a retraining must not
 * fail for the sake of a version that nobody serves.
 */
export async function fetchLent(
  registry: Pick<Registry, 'fetchPackage'>,
  model: string,
  versions: readonly string[],
  warn: (message: string, details: Readonly<Record<string, unknown>>) => void,
): Promise<readonly string[]> {
  const fetched = await Promise.all(
    versions.map(async (version) => {
      try {
        return await registry.fetchPackage(model, version);
      } catch (error) {
        const { code, message } = error as { code?: RegistryErrorCode; message: string };
        if (code === undefined || !unusable.includes(code)) throw error;
        warn(`version ${version} of ${model} lends no network to the blend`, { reason: message });
        return null;
      }
    }),
  );
  return fetched.filter((directory) => directory !== null);
}
