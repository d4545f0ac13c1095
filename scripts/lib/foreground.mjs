import { spawn } from 'node:child_process';
import { signalGroup } from './processId.mjs';

/** The one command whose output is shown as it comes, so that a long one is seen to move. */
let current;

/**
 * Runs a Node program to its end with its output on ours.
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv}} options
 * @returns {Promise<number>} its exit code
 */
export function foreground(args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    // a group of its own, so that it ends with us, and its workers too
    current = spawn(process.execPath, args, {
      cwd,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    current.on('error', reject);
    current.on('exit', code => {
      // what it started and forgot
      killForeground();
      current = undefined;
      resolve(code ?? 1);
    });
  });
}

export function killForeground() {
  if (current) signalGroup(current.pid, 'SIGKILL');
}
