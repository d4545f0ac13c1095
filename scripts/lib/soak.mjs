import { inRoot } from './paths.mjs';

/** Longer than any soak. */
const TEST_MS = 24 * 60 * 60 * 1000;

/**
 * How the files `*.soak.ts` are run whose path matches.
 * @param {string} pattern
 */
export function soakCommand(pattern) {
  return {
    cwd: inRoot('packages/stories'),
    args: [
      inRoot('node_modules/jest/bin/jest.js'),
      `--config=${inRoot('packages/stories/jest.config.js')}`,
      '--testMatch=**/*.soak.ts',
      '--runInBand',
      `--testTimeout=${TEST_MS}`,
      pattern,
    ],
  };
}
