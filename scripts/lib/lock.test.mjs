import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { exclusively } from './lock.mjs';

let dir;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'operations-test-'));
});

afterEach(() => rmSync(dir, { recursive: true }));

test('what is exclusive is done by one after the other', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise(resolve => setImmediate(resolve));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => exclusively('build', work, dir)));
  assert.equal(most, 1);
});

test('one who died with the lock in hand does not stop the next', async () => {
  writeFileSync(
    join(dir, 'build.lock'),
    JSON.stringify({ pid: process.pid, started: '1' }),
  );
  let done = false;
  await exclusively(
    'build',
    async () => {
      done = true;
    },
    dir,
  );
  assert.equal(done, true);
});

test('a failure gives the lock back', async () => {
  const fail = exclusively('build', () => Promise.reject(new Error('no')), dir);
  await assert.rejects(fail, { message: 'no' });
  await exclusively('build', async () => {}, dir);
});
