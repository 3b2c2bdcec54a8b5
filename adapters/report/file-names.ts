/** In a model's folder: what its page shows over time. In the folder of a report: what it is made of. */
export const observationsFile = 'observations.ndjson';
export const standingFile = 'standing.json';
export const evidenceFile = 'evidence.json';
