import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ROOT, inRoot } from '../paths.mjs';

/**
 * The files of the repository, and what is about to be added to it.
 * @param {RegExp} pattern - of their paths from the root
 * @returns {string[]}
 */
export function repositoryFiles(pattern) {
  return execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard'],
    { cwd: ROOT, encoding: 'utf8' },
  )
    .trim()
    .split('\n')
    .filter(file => pattern.test(file) && existsSync(inRoot(file)));
}
