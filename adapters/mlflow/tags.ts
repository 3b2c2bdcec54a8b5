/** Tags by which Incumbent finds again what it made. */
export const tagNames = {
  /** On models and experiments: made by Incumbent, and its own. */
  managed: 'incumbent.managed',
  /** On versions, logged models and runs that hold files: the idempotency key of the registration. */
  key: 'incumbent.key',
  manifestSha256: 'incumbent.manifestSha256',
  /** On versions: when their files were removed, ms since the epoch. */
  removedAtMs: 'incumbent.removedAtMs',
  /** On runs: which decision, and which candidate of it. */
  run: 'incumbent.run',
  /** On runs: it is the one of its key, of several that were begun at a time. */
  settled: 'incumbent.settled',
  /** On models, before the alias's name: the version that it was last set to by Incumbent. */
  alias: 'incumbent.alias.',
  parentRun: 'mlflow.parentRunId',
  note: 'mlflow.note.content',
  source: 'mlflow.source.name',
} as const;
