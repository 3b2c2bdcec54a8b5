import type { Alias, Aliases } from '../../domain/lifecycle/aliases.ts';

export interface VersionInfo {
  readonly model: string;
  /** Positive integer as a string, counted per model: "1", "2", … */
  readonly version: string;
  readonly createdAtMs: number;
  /** Small facts: decision id, snapshot id, candidate, metrics. */
  readonly tags: Readonly<Record<string, string>>;
  /** SHA-256 of the manifest: the identity of the version's content. */
  readonly manifestSha256: string;
  /** When its package was removed, ms since the epoch; null while it is there. All else that is known of it stays. */
  readonly removedAtMs: number | null;
}

export interface ListedVersion extends VersionInfo {
  /** Names that it bears: Incumbent's, and where people can give others, theirs. */
  readonly aliases: readonly string[];
}

/** Signs what is registered. */
export interface Signer {
  readonly keyId: string;
  /** Base64. */
  sign(content: Uint8Array): string;
}

export interface RegisterRequest {
  readonly model: string;
  /** Registering twice with one key gives the version of the first time. */
  readonly idempotencyKey: string;
  /** Folder of the model package; copied, never changed. */
  readonly packageDirectory: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Immutable versions and movable aliases. One writer per model (the lifecycle); any number of readers. */
export interface Registry {
  register(request: RegisterRequest): Promise<VersionInfo>;
  /** Throws RegistryError `version-not-found`. */
  getVersion(model: string, version: string): Promise<VersionInfo>;
  listVersions(model: string): Promise<readonly ListedVersion[]>;
  /**
   * A local folder with the version's package, every file checked against the manifest, and the manifest's signature where signing
   * is on. Throws RegistryError `package-altered`, `package-untrusted` or `package-removed`.
   */
  fetchPackage(model: string, version: string): Promise<string>;
  /**
   * Signs a version that was registered before, in place of any other signature. Its content stays what it is: it is checked against
   * its manifest first, and the signature is no part of that.
   */
  signVersion(model: string, version: string, signer: Signer): Promise<void>;
  /**
   * Takes the files of a version away for good; its number stays taken, and its tags and hash stay to be read. Repeating it is harmless, and finishes one
   * that broke off. Throws `version-in-use` for a version that bears an alias, whoever gave it.
   */
  removePackage(model: string, version: string): Promise<void>;
  /** All null for an unknown model. */
  getAliases(model: string): Promise<Aliases>;
  /** Null removes the alias. Durable when it returns; readers see the old or the new value, nothing between. Throws `version-not-found` or `package-removed`. */
  setAlias(model: string, alias: Alias, version: string | null): Promise<void>;
  /** Models that have been registered. */
  listModels(): Promise<readonly string[]>;
}

export type RegistryErrorCode =
  | 'version-not-found'
  | 'package-altered'
  | 'package-untrusted'
  | 'package-invalid'
  | 'package-removed'
  | 'version-in-use'
  | 'name-invalid'
  | 'name-taken'
  | 'unavailable';

/** What every implementation throws; `code` says what to do. */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode;
  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RegistryError';
    this.code = code;
  }
}
