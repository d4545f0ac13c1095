import { inRoot } from './paths.mjs';

/** Longer than any soak. */
const TEST_MS = 24 * 60 * 60 * 1000;

/**
 * How the files `*.soak.ts` are run whose path matches.
 * @param {string} pattern
 */
export const soakCommand = pattern => longCommand('soak', pattern);

/**
 * How long-running files of a kind are run whose path matches.
 * @param {'soak' | 'walk' | 'pictures'} kind - before the end of their names
 * @param {string} pattern
 */
export function longCommand(kind, pattern) {
  return {
    cwd: inRoot('packages/stories'),
    args: [
      inRoot('node_modules/jest/bin/jest.js'),
      `--config=${inRoot('packages/stories/jest.config.js')}`,
      `--testMatch=**/*.${kind}.ts`,
      '--runInBand',
      `--testTimeout=${TEST_MS}`,
      pattern,
    ],
  };
}
