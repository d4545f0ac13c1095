/** Yarn in somebody else's project. */
import { readdirSync } from 'node:fs';
import { inRoot } from '../paths.mjs';

const RELEASES = inRoot('.yarn/releases');

/** The program of the repository: the machine may have none. */
export const YARN = inRoot(
  '.yarn/releases',
  readdirSync(RELEASES).find(name => /^yarn-.*\.cjs$/.test(name)),
);

/**
 * How Yarn is called, for `execute`.
 * @param {...string} args
 * @returns {[string, string[]]}
 */
export const yarn = (...args) => [process.execPath, [YARN, ...args]];

/** Its environment. A pull request of a CI must not change its lock file; a new project has to. */
export const yarnEnv = () => ({
  ...process.env,
  CI: '',
  YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
  YARN_ENABLE_TELEMETRY: '0',
});
