import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnswerFacts } from '../../domain/answers/facts.ts';
import type { ScoreProfile } from '../../domain/calibration/profile.ts';
import type { Importances } from '../../domain/explain/importances.ts';
import type { DriftReference } from '../../domain/monitoring/reference.ts';
import type { SchemaContract } from '../../domain/quality/contract.ts';
import type { TrainingPoint } from '../../domain/report/evidence.ts';
import { renderCard } from '../report/render-card.ts';
import { writeExport } from '../export/write-export.ts';
import { listNetworks, readBlend, readFollowing } from '../runtime/blend-file.ts';
import type { ModelPackages } from '../ports/model-packages.ts';
import type { Signature } from '../ports/model-runtime.ts';
import { readValidationLosses } from './validation-losses.ts';

const trainingFile = 'training.json';
const signatureFile = 'signature.json';
const referenceFile = 'reference.json';
const contractFile = 'contract.json';
const scoresFile = 'scores.json';
const importancesFile = 'importances.json';
const answersFile = 'answers.json';

async function readJson<T>(packageDirectory: string, file: string): Promise<T> {
  const path = join(packageDirectory, file);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (cause) {
    throw new Error(`${path} can't be read: the model package is incomplete, train it again`, { cause });
  }
}

/** Null where the package never had such a file. */
async function readOptionalJson<T>(packageDirectory: string, file: string): Promise<T | null> {
  return existsSync(join(packageDirectory, file)) ? await readJson<T>(packageDirectory, file) : null;
}

/** Model packages as folders of files. */
export function createFilePackages(): ModelPackages {
  return {
    readValidationLosses,
    async readTrainingCurve(packageDirectory) {
      const training = await readOptionalJson<{ losses?: readonly TrainingPoint[] }>(packageDirectory, trainingFile);
      return training?.losses ?? [];
    },
    readSignature: (packageDirectory) => readJson<Signature>(packageDirectory, signatureFile),
    readReference: (packageDirectory) => readJson<DriftReference>(packageDirectory, referenceFile),
    writeReference: (packageDirectory, reference) =>
      writeFile(join(packageDirectory, referenceFile), JSON.stringify(reference)),
    readScores: (packageDirectory) => readOptionalJson<ScoreProfile>(packageDirectory, scoresFile),
    writeScores: (packageDirectory, scores) => writeFile(join(packageDirectory, scoresFile), JSON.stringify(scores)),
    readImportances: (packageDirectory) => readOptionalJson<Importances>(packageDirectory, importancesFile),
    writeImportances: (packageDirectory, importances) =>
      writeFile(join(packageDirectory, importancesFile), JSON.stringify(importances)),
    readAnswers: (packageDirectory) => readOptionalJson<AnswerFacts>(packageDirectory, answersFile),
    writeAnswers: (packageDirectory, facts) => writeFile(join(packageDirectory, answersFile), JSON.stringify(facts)),
    readContract: (packageDirectory) => readOptionalJson<SchemaContract>(packageDirectory, contractFile),
    readBlend,
    listNetworks,
    readFollowing,
    writeExport,
    writeContract: (packageDirectory, contract) =>
      writeFile(join(packageDirectory, contractFile), JSON.stringify(contract)),
    async writeCard(packageDirectory, card) {
      const written = renderCard(card);
      await writeFile(join(packageDirectory, 'model-card.md'), written.markdown);
      await writeFile(join(packageDirectory, 'model-card.html'), written.html);
      return written;
    },
  };
}
