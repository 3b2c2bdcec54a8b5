/** A failure of the set-up that says what went wrong and what to do about it. */
export class SetupError extends Error {
  /**
   * @param {string} what one sentence: what went wrong
   * @param {string} remedy what the user can do, may have several lines
   */
  constructor(what, remedy) {
    super(what);
    this.name = 'SetupError';
    this.remedy = remedy;
  }
}

/**
 * Turns a file system error that a user can do something about into a SetupError, and returns any other as it is.
 * @param {unknown} error
 * @param {string} where the directory that was written to
 * @returns {unknown}
 */
export function explainFileError(error, where) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SetupError(`No space is left on the disk of ${where}.`, diskRemedy);
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new SetupError(
      `${where} cannot be written to (${code}).`,
      'Make it writable, or set INCUMBENT_CACHE to a directory that is.',
    );
  }
  return error;
}

export const diskRemedy = 'Free some space, or set INCUMBENT_CACHE to a directory on another disk.';
