import { noTrust, readSigner, readTrustedKeys, type PackageTrust } from './keys.ts';

export interface TrustSettings {
  /** INCUMBENT_SIGNING_KEY: file of the private key. */
  readonly signingKey: string | null;
  /** INCUMBENT_TRUSTED_KEYS: files of public keys. */
  readonly trustedKeys: readonly string[];
}

/** For those who only read versions. */
export async function readReaderTrust({ trustedKeys }: TrustSettings): Promise<PackageTrust> {
  return { ...noTrust, trustedKeys: await readTrustedKeys(trustedKeys) };
}

/** For those who register versions, too: what they make must be what they would take. */
export async function readWriterTrust(settings: TrustSettings): Promise<PackageTrust> {
  const { trustedKeys } = await readReaderTrust(settings);
  const { signingKey } = settings;
  if (signingKey === null) {
    if (trustedKeys.length === 0) return noTrust;
    const advice =
      'set INCUMBENT_SIGNING_KEY here (`incumbent keys new <dir>` makes a pair), or unset INCUMBENT_TRUSTED_KEYS';
    throw new Error(
      `INCUMBENT_TRUSTED_KEYS is set, so that all would refuse what is registered without a signature: ${advice}`,
    );
  }
  const signer = await readSigner(signingKey);
  if (trustedKeys.length > 0 && !trustedKeys.some(({ keyId }) => keyId === signer.keyId)) {
    const advice = 'add its public half to INCUMBENT_TRUSTED_KEYS, here and where versions are read';
    throw new Error(
      `INCUMBENT_SIGNING_KEY (${signingKey}, key ${signer.keyId}) is not among the trusted keys: ${advice}`,
    );
  }
  return { signer, trustedKeys };
}
