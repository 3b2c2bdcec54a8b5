/** `fail`: the project can't be kept well as it stands. `warn`: it can, with the limits that the text tells. */
export type Level = 'ok' | 'warn' | 'fail';

/** What a preflight found about one thing. */
export interface Finding {
  /** Stable kebab-case name, e.g. `gate-rows` or `leak:arr_delay`. */
  readonly name: string;
  readonly level: Level;
  /** A sentence a person can read, with the figures in it. */
  readonly text: string;
  /** What to do about it; null where nothing is to be done. */
  readonly advice: string | null;
  /** The figures alone, finite or absent. Shares are in [0, 1]; a name ends in its unit where it has one. */
  readonly figures: Readonly<Record<string, number>>;
}

export type Figures = Finding['figures'];

export function ok(name: string, text: string, figures: Figures = {}): Finding {
  return { name, level: 'ok', text, advice: null, figures };
}

export function warn(name: string, text: string, advice: string, figures: Figures = {}): Finding {
  return { name, level: 'warn', text, advice, figures };
}

export function fail(name: string, text: string, advice: string, figures: Figures = {}): Finding {
  return { name, level: 'fail', text, advice, figures };
}

/** The worst of the levels; `ok` where there is none. */
export function worstLevel(findings: readonly Finding[]): Level {
  const levels = new Set(findings.map(({ level }) => level));
  return levels.has('fail') ? 'fail' : levels.has('warn') ? 'warn' : 'ok';
}
