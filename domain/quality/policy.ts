/**
 * When live data count as broken. Every limit is a distance beyond what any stretch of the training part showed, so that seasons,
 * trends and bursts that were learned from don't look like a break.
 */
export interface QualityPolicy {
  /** Level of significance over all checks together (Holm). */
  readonly level: number;
  /** Windows with fewer rows are inconclusive. */
  readonly minRows: number;
  /** Share of rows more than ever before that is missing in a feature. */
  readonly missingLimit: number;
  /** Share of rows more than ever before that lies outside the range of training. */
  readonly outsideLimit: number;
  /** Share of rows more than ever before with a category that training did not have. */
  readonly unseenLimit: number;
  /** Share of rows more than ever before that repeats an earlier row. */
  readonly duplicateLimit: number;
  /** Values this many times as large or as small, their shape kept, are in another unit. */
  readonly scaleLimit: number;
  /** Change of a class's rate beyond what it ever was, as Cohen's h; of a value's mean, in standard deviations. */
  readonly labelLimit: number;
}

export const defaultQualityPolicy: QualityPolicy = {
  level: 0.01,
  minRows: 200,
  missingLimit: 0.05,
  outsideLimit: 0.1,
  unseenLimit: 0.1,
  duplicateLimit: 0.1,
  scaleLimit: 5,
  labelLimit: 0.5,
};
