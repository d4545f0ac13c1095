import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { Processes } from './processes.mjs';

/** Starts a child of its own, says its process id, and stays. */
const PARENT = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  console.log('child ' + child.pid);
  setInterval(() => {}, 1000);
`;

let dir;
let processes;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'operations-test-'));
  processes = new Processes(dir);
});

afterEach(async () => {
  await processes.stopAll();
  rmSync(dir, { recursive: true });
});

const node = (name, code) =>
  processes.start(name, process.execPath, ['-e', code]);

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    // a child that nobody has waited for yet is dead, but listed
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function untilDead(pid) {
  while (isAlive(pid)) await new Promise(resolve => setTimeout(resolve, 10));
}

test('a process that is stopped takes with it what it has started', async () => {
  const handle = node('parent', PARENT);
  const line = await handle.line(/^child /, 10_000);
  const child = Number(line.split(' ')[1]);
  assert.equal(isAlive(child), true);
  await processes.stopAll();
  await untilDead(child);
  assert.deepEqual(processes.pids, []);
});

test('a process that will not end by itself is killed', async () => {
  const handle = node(
    'stubborn',
    `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000);`,
  );
  await handle.line(/up/, 10_000);
  await handle.stop('SIGTERM', 100);
  assert.equal(await handle.exited, 'SIGKILL');
});

test('an unexpected end is reported with the last lines of output', async () => {
  node('fragile', `console.error('out of luck'); process.exit(3);`);
  await assert.rejects(processes.unexpectedEnd(), {
    message: /out of luck[^]*fragile ended \(exit code 3\)/,
  });
});

test('waiting for a line ends with the process', async () => {
  const handle = node('silent', `console.log('nothing to say')`);
  await assert.rejects(handle.line(/ready/, 10_000), {
    message: /nothing to say[^]*silent ended \(exit code 0\)/,
  });
});

test('all output is kept in a file', async () => {
  const handle = node('talker', `console.log('one'); console.error('two');`);
  await handle.exited;
  await processes.stopAll();
  const log = readFileSync(join(dir, 'talker.log'), 'utf8');
  assert.match(log, /one/);
  assert.match(log, /two/);
});
