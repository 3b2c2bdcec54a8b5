import type { LabelRecord, PredictionRecord } from '../../adapters/ports/store.ts';
import type { DataSchema } from '../../domain/table.ts';

export const priceSchema: DataSchema = {
  features: [
    { name: 'price', type: 'numeric' },
    { name: 'region', type: 'categorical' },
    { name: 'holiday', type: 'boolean' },
    { name: 'seen', type: 'timestamp' },
  ],
  label: 'up',
  classes: ['no', 'yes'],
};

export function predictionId(index: number): string {
  return `p${String(index).padStart(8, '0')}`;
}

export function prediction(index: number, changes: Partial<PredictionRecord> = {}): PredictionRecord {
  return {
    id: predictionId(index),
    atMs: 1_000 + index,
    eventMs: null,
    version: '1',
    features: {
      price: index,
      region: index % 2 === 0 ? 'north' : 'it\'s "south"',
      holiday: index % 2 === 0,
      seen: '2026-01-01T00:00:00Z',
    },
    output: [0.25],
    shadow: null,
    requestId: 'r',
    latencyMs: 0.5,
    ...changes,
  };
}

export function label(index: number, name: string | number = 'yes'): LabelRecord {
  return { id: predictionId(index), label: name, atMs: 5_000 + index };
}
