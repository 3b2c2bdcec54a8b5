import { openPredictionLog } from '../../adapters/store/prediction-log.ts';
import { prediction, predictionId } from './predictions.ts';

// Logs predictions until it is killed, and tells which were acknowledged.
const [directory = '', replicaId = ''] = process.argv.slice(2);
const log = await openPredictionLog({ directory, replicaId, maxSegmentLines: 50 });
for (let index = 0; ; index += 3) {
  const batch = [index, index + 1, index + 2];
  await log.appendPredictions(
    'electricity',
    batch.map((one) => prediction(one)),
  );
  process.send?.(batch.map(predictionId));
}
