import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{passed: number, failed: number, skipped: number, failures: string[]}} Results */

/** @returns {Results} */
export const none = () => ({ passed: 0, failed: 0, skipped: 0, failures: [] });

/** What counts as one test: a program that ends well, or does not. */
export function verdict(code, name) {
  return code === 0
    ? { ...none(), passed: 1 }
    : { ...none(), failed: 1, failures: [name] };
}

/**
 * Reads what `jest --json --outputFile` wrote.
 * @param {string} file
 * @returns {Results}
 */
export function readJestResults(file) {
  if (!existsSync(file)) return none();
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const results = none();
  results.passed = report.numPassedTests;
  results.failed = report.numFailedTests;
  results.skipped = report.numPendingTests + report.numTodoTests;
  for (const suite of report.testResults) {
    const failed = suite.assertionResults.filter(
      ({ status }) => status === 'failed',
    );
    results.failures.push(...failed.map(({ fullName }) => fullName));
    // a file that could not even be loaded has no tests to fail
    if (suite.status === 'failed' && failed.length === 0) {
      results.failed += 1;
      results.failures.push(suite.name);
    }
  }
  return results;
}

/** @param {Results[]} all */
export function sum(all) {
  return all.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
      failures: [...total.failures, ...one.failures],
    }),
    none(),
  );
}
