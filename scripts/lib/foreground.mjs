import { spawn } from 'node:child_process';
import { signalGroup } from './processId.mjs';

/**
 * Programs under way; each leads a group of its own, so that its workers end with it and all of
 * them with us.
 */
const groups = new Set();

/**
 * Runs a Node program to its end with its output on ours, as it comes, so that a long one is seen
 * to move.
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv}} options
 * @returns {Promise<number>} its exit code
 */
export function foreground(args, options) {
  return start(args, 'inherit', options).ended;
}

/**
 * The same for a program beside others: its output is kept for whoever wants to show it.
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv}} options
 * @returns {Promise<{code: number, output: string}>}
 */
export async function captured(args, options) {
  const { child, ended } = start(args, 'pipe', options);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output += text;
    });
  }
  const code = await ended;
  return { code, output };
}

function start(args, output, { cwd, env }) {
  const child = spawn(process.execPath, args, {
    cwd,
    env,
    stdio: ['ignore', output, output],
    detached: true,
  });
  groups.add(child.pid);
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    // what it started and forgot keeps its output open, and is ended first
    child.on('exit', () => endGroup(child.pid));
    child.on('close', code => resolve(code ?? 1));
  });
  return { child, ended };
}

function endGroup(pid) {
  groups.delete(pid);
  signalGroup(pid, 'SIGKILL');
}

export function killForeground() {
  for (const pid of groups) endGroup(pid);
}
