import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pythonTests, readJUnit } from './python.mjs';

test('a report of pytest is counted, and its failures are named', () => {
  const xml = `<testsuites><testsuite name="pytest" errors="1" failures="1"
    skipped="1" tests="5" time="1"><testcase classname="a" name="good" />
    <testcase classname="a" name="bad[1]"><failure message="no" /></testcase>
    <testcase classname="a" name="worse"><error message="no" /></testcase>
    </testsuite></testsuites>`;
  assert.deepEqual(readJUnit(xml), {
    passed: 2,
    failed: 2,
    skipped: 1,
    failures: ['Python: bad[1]', 'Python: worse'],
  });
});

test('without a Python nothing is counted as passed, and CI fails', async t => {
  const before = process.env.CI;
  t.after(() => {
    if (before === undefined) delete process.env.CI;
    else process.env.CI = before;
  });
  for (const ci of [undefined, '', 'false']) {
    if (ci === undefined) delete process.env.CI;
    else process.env.CI = ci;
    assert.deepEqual(await pythonTests({ problem: 'there is none' }), {
      passed: 0,
      failed: 0,
      skipped: 1,
      failures: [],
    });
  }
  process.env.CI = 'true';
  const { failed, failures } = await pythonTests({ problem: 'there is none' });
  assert.equal(failed, 1);
  assert.match(failures[0], /Python/);
});
