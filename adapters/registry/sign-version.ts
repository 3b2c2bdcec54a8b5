import { openEmbeddedRegistry } from './embedded.ts';
import type { Signer } from './keys.ts';
import { signPackage } from './seal.ts';

/**
 * Signs a version that was registered before, in place of any other signature. Its content stays what it is: it is checked against the
 * manifest first, and the signature is no part of that.
 */
export async function signVersion(directory: string, model: string, version: string, signer: Signer): Promise<void> {
  const registry = await openEmbeddedRegistry({ directory });
  await signPackage(await registry.fetchPackage(model, version), signer);
}
