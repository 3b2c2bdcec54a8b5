/** Begins the ids of candidates that are a champion with a new calibrator. */
export const recalibratedPrefix = 'recalibrated';

export function isRecalibrated(candidateId: string): boolean {
  return candidateId === recalibratedPrefix || candidateId.startsWith(`${recalibratedPrefix}/`);
}
