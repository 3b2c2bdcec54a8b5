/** What `incumbent init` was told. */
export interface InitRequest {
  /** Folder of the project, absolute. */
  readonly directory: string;
  /** The labelled rows, absolute. */
  readonly dataPath: string;
  readonly label: string;
  readonly time: string | null;
  readonly labelTime: string | null;
  readonly id: string | null;
  readonly exclude: readonly string[];
  /** null: the folder's name. */
  readonly name: string | null;
}

/** Something that can't be made a project of, in words that say what to do. */
export class InitError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InitError';
  }
}
