import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Sentence } from './log.mjs';
import { ROOT } from './paths.mjs';

/** Lines of a failed command's output that are worth repeating. */
const TAIL_LINES = 40;

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, inherit?: boolean, uid?: number, gid?: number}}
 *   [options] -
 *   `inherit` shows the output as it comes; else it is returned, and its tail shown on failure
 * @returns {Promise<string>} standard output
 */
export function execute(command, args, options = {}) {
  const { cwd = ROOT, env = process.env, inherit = false, uid, gid } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      uid,
      gid,
      stdio: [
        'ignore',
        inherit ? 'inherit' : 'pipe',
        inherit ? 'inherit' : 'pipe',
      ],
    });
    let out = '';
    let all = '';
    child.stdout?.on('data', data => {
      out += data;
      all += data;
    });
    child.stderr?.on('data', data => {
      all += data;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve(out);
        return;
      }
      const tail = all.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
      const how = signal ? `was ended by ${signal}` : `ended with ${code}`;
      reject(
        new Sentence(`${tail}\n\n"${[command, ...args].join(' ')}" ${how}.`),
      );
    });
  });
}

/** Whether a command succeeds; says nothing. */
export function succeeds(command, args) {
  return execute(command, args).then(
    () => true,
    () => false,
  );
}

/** Folders in which servers live that are not on an ordinary user's PATH. */
const MORE_FOLDERS = [
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
];

/** Full path of the first of these programs that is there. */
export function which(...names) {
  const folders = (process.env.PATH || '')
    .split(delimiter)
    .concat(MORE_FOLDERS);
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (folder && isProgram(path)) return path;
    }
  }
  return undefined;
}

export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
