import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readJestResults, sum } from './testResults.mjs';

test('a test file that cannot be loaded counts as a failure', () => {
  const dir = mkdtempSync(join(tmpdir(), 'operations-test-'));
  const file = join(dir, 'results.json');
  const assertion = (fullName, status) => ({ fullName, status });
  writeFileSync(
    file,
    JSON.stringify({
      numPassedTests: 1,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 0,
      testResults: [
        {
          name: '/a.test.ts',
          status: 'failed',
          assertionResults: [
            assertion('works', 'passed'),
            assertion('breaks', 'failed'),
          ],
        },
        { name: '/b.test.ts', status: 'failed', assertionResults: [] },
      ],
    }),
  );
  assert.deepEqual(readJestResults(file), {
    passed: 1,
    failed: 2,
    skipped: 2,
    failures: ['breaks', '/b.test.ts'],
  });
  rmSync(dir, { recursive: true });
});

test('a stage that wrote no results has none', () => {
  assert.equal(readJestResults('/nowhere/results.json').passed, 0);
});

test('stages add up', () => {
  const one = { passed: 2, failed: 1, skipped: 0, failures: ['a'] };
  const two = { passed: 3, failed: 0, skipped: 1, failures: [] };
  assert.deepEqual(sum([one, two]), {
    passed: 5,
    failed: 1,
    skipped: 1,
    failures: ['a'],
  });
});
