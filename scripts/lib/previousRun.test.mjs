import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { claimRunFolder, releaseRunFolder, writeNote } from './previousRun.mjs';

let dir;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'operations-test-'));
});

afterEach(() => rmSync(dir, { recursive: true }));

test('a second portal in the same folder learns where the first one is', () => {
  claimRunFolder(dir);
  writeNote(dir, { pids: [], url: 'http://localhost:7007' });
  assert.throws(() => claimRunFolder(dir), {
    message: /already runs at http:\/\/localhost:7007/,
  });
  releaseRunFolder(dir);
  claimRunFolder(dir);
});

test('what a killed portal left running is ended by the next', async () => {
  const orphan = spawn(
    process.execPath,
    ['-e', 'setInterval(() => {}, 1000)'],
    { detached: true },
  );
  await once(orphan, 'spawn');
  writeNote(dir, { pids: [orphan.pid] });
  pretendLauncherDied(dir);
  claimRunFolder(dir);
  const [, signal] = await once(orphan, 'exit');
  assert.equal(signal, 'SIGKILL');
});

test('a stranger who was given an old process id is left alone', async () => {
  const stranger = spawn(
    process.execPath,
    ['-e', 'setInterval(() => {}, 1000)'],
    { detached: true },
  );
  await once(stranger, 'spawn');
  writeNote(dir, { pids: [stranger.pid] });
  pretendLauncherDied(dir, note => {
    note.children[0].started = '1';
  });
  claimRunFolder(dir);
  assert.equal(process.kill(stranger.pid, 0), true);
  stranger.kill('SIGKILL');
});

/** The note is by this very process; make it look like one that is gone. */
function pretendLauncherDied(folder, change = () => {}) {
  const file = join(folder, 'running.json');
  const note = JSON.parse(readFileSync(file, 'utf8'));
  note.launcher.started = '1';
  change(note);
  writeFileSync(file, JSON.stringify(note));
}
