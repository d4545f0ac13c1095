import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inRoot } from './paths.mjs';

/**
 * Runs a command of ours, which says when it runs and when it has stopped; below, under a parent
 * that stands for npm.
 */
const COMMAND = `
  import { runCommand } from ${JSON.stringify(
    inRoot('scripts/lib/lifecycle.mjs'),
  )};
  await runCommand(
    async () => {
      console.log('running');
      await new Promise(resolve => setInterval(() => {}, 1000));
    },
    { stop: async () => console.log('cleaned up'), kill: () => {} },
  );
`;

const PARENT = `
  const { spawn } = require('node:child_process');
  spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(
    COMMAND,
  )}], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, npm_lifecycle_event: 'start' },
  });
  setInterval(() => {}, 1000);
`;

test('a command cleans up and ends when the npm that ran it is killed', async () => {
  const parent = spawn(process.execPath, ['-e', PARENT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const said = pattern =>
    new Promise(resolve => {
      const look = () => {
        const match = pattern.exec(output);
        if (match) resolve(match);
      };
      parent.stdout.on('data', look);
      look();
    });
  parent.stdout.setEncoding('utf8').on('data', text => {
    output += text;
  });
  await said(/running/);
  parent.kill('SIGKILL');
  await said(/cleaned up/);
  // its end of the pipe is closed when it is gone
  await once(parent.stdout, 'end');
});

test('a command cleans up on a signal and says so by its exit code', async () => {
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', COMMAND],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text;
    if (text.includes('running')) child.kill('SIGINT');
  });
  const [code] = await once(child, 'close');
  assert.match(output, /cleaned up/);
  assert.equal(code, 130);
});

test('[guarantees.2] a signal that reaches npm alone ends the command as well', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'operations-npm-'));
  const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const start = scripts.start.replace('scripts/start.mjs', 'command.mjs');
  writeFileSync(join(folder, 'command.mjs'), COMMAND);
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ scripts: { start } }),
  );
  // in a group of its own: a signal to the terminal would reach the script by itself
  const npm = spawn('npm', ['start'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  try {
    let output = '';
    npm.stdout.setEncoding('utf8').on('data', text => {
      if (!output.includes('running') && text.includes('running')) {
        npm.kill('SIGINT');
      }
      output += text;
    });
    await once(npm.stdout, 'end');
    assert.match(output, /cleaned up/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Logs without end, and logs each failure to log, as a backend does. */
const LOGGER = `
  process.on('uncaughtException', error => process.stderr.write(error.message));
  setInterval(() => process.stdout.write('running'), 50);
`;

const KILLED = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, [
    '--import', ${JSON.stringify(inRoot('scripts/lib/endWithParent.mjs'))},
    '-e', ${JSON.stringify(LOGGER)},
  ], { stdio: ['ignore', 'pipe', 'pipe', 3] });
  child.stdout.once('data', () => console.log('running'));
  setInterval(() => {}, 1000);
`;

test(
  'a process of the portal ends when the one that started it is killed',
  { timeout: 30_000 },
  async () => {
    const parent = spawn(process.execPath, ['-e', KILLED], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    });
    await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    // both have this pipe: it is closed when both are gone
    await once(parent.stdio[3].resume(), 'end');
  },
);
