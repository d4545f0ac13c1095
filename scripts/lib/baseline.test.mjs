import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { startAnewBeforeBaseline } from './baseline.mjs';

let root;
let dir;
let migrations;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'operations-test-'));
  [dir, migrations] = ['run', 'migrations'].map(name => join(root, name));
  for (const folder of [dir, migrations]) mkdirSync(folder);
  migrate('20300101000000_jobs.js');
});

afterEach(() => rmSync(root, { recursive: true }));

const migrate = name => writeFileSync(join(migrations, name), '');
const start = () => startAnewBeforeBaseline(dir, migrations);

function leaveData(text) {
  for (const name of ['data', 'redis']) {
    mkdirSync(join(dir, name), { recursive: true });
    writeFileSync(join(dir, name, 'file'), text);
  }
}

test('the first start of a folder puts nothing aside', () => {
  assert.equal(start(), undefined);
});

test('data from before the baseline are put aside, and the portal starts anew', () => {
  leaveData('older');
  const aside = start();
  assert.equal(aside, join(dir, 'before-20300101000000'));
  assert.equal(readFileSync(join(aside, 'data', 'file'), 'utf8'), 'older');
  assert.equal(existsSync(join(dir, 'data')), false);
  assert.equal(existsSync(join(dir, 'redis')), false);
});

test('data since the baseline are kept, whatever migrations follow', () => {
  start();
  leaveData('mine');
  migrate('20300601000000_more.js');
  assert.equal(start(), undefined);
  assert.equal(readFileSync(join(dir, 'data', 'file'), 'utf8'), 'mine');
});
