/** The registry's names for a model's versions; null where nothing bears the name. */
export interface Aliases {
  readonly champion: string | null;
  readonly previous: string | null;
  readonly challenger: string | null;
}

export type Alias = keyof Aliases;

export const noAliases: Aliases = { champion: null, previous: null, challenger: null };
