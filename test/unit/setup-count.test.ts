import { expect, it } from 'vitest';
import { countTests } from '../../scripts/check/count-tests.mjs';

const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

it.each([
  ['all passed', report, '3 passed, 0 failed', 0],
  [
    'some failed',
    { ...report, numFailedTests: 2, testResults: [file('failed', 'failed', 'failed')] },
    '3 passed, 2 failed',
    2,
  ],
  ['some skipped', { ...report, numPendingTests: 1, numTodoTests: 1 }, '3 passed, 0 failed, 2 skipped', 0],
  [
    'a file that did not load',
    { ...report, testResults: [file('failed'), file('passed', 'passed')] },
    '3 passed, 1 failed',
    1,
  ],
])('the closing line counts: %s', (_, input, line, failed) => {
  expect(countTests(input)).toEqual({ line, failed });
});
