/** What a portal may have once, and what the packages ask of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from '../execute.mjs';
import { Sentence } from '../log.mjs';
import { yarn, yarnEnv } from './yarn.mjs';

const OURS = '@craft-easy/';

/** Clients that platform code may hand to our code, and types: two of them get along. */
const MAY_BE_TWICE = /^(ioredis|knex|@types\/.*)$/;

/**
 * Fails where our packages bring a second copy of what a portal may have once, or ask for what it
 * does not have.
 * @param {{dir: string, lock: string}} portal - `lock`: its lock file before our packages came
 */
export async function checkPeers({ dir, lock }) {
  const explained = await execute(...yarn('explain', 'peer-requirements'), {
    cwd: dir,
    env: yarnEnv(),
  });
  const state = readFileSync(join(dir, 'node_modules/.yarn-state.yml'), 'utf8');
  const faults = [
    ...unmetPeers(explained),
    ...secondCopies(state, lock, peersOf(dir, state)),
  ];
  if (faults.length > 0) throw new Sentence(faults.join('\n'));
}

/**
 * @param {string} explained - what `yarn explain peer-requirements` says
 * @returns {string[]} the lines about peers of ours that are not met
 */
export function unmetPeers(explained) {
  return explained
    .split('\n')
    .filter(line => line.includes('✘') && line.includes(OURS));
}

/**
 * @param {string} state - text of `node_modules/.yarn-state.yml`
 * @returns {Map<string, string[]>} name → folders of its copies
 */
function copies(state) {
  const found = new Map();
  for (const [, name, block] of state.matchAll(
    /^"((?:@[^/]+\/)?[^@]+)@[^"]*":\n {2}locations:\n((?: {4}.*\n?)+)/gm,
  )) {
    const folders = [...block.matchAll(/- "(.*)"/g)].map(([, one]) => one);
    found.set(name, [...(found.get(name) ?? []), ...folders]);
  }
  return found;
}

/** Names of what our installed packages have as peers. */
function peersOf(dir, state) {
  return [...copies(state)]
    .filter(([name]) => name.startsWith(OURS))
    .flatMap(([, [folder]]) =>
      Object.keys(
        JSON.parse(readFileSync(join(dir, folder, 'package.json'), 'utf8'))
          .peerDependencies ?? {},
      ),
    )
    .filter(name => !MAY_BE_TWICE.test(name));
}

/**
 * A portal may come with two of its own, where Backstage has not released a package again.
 * @param {string} state - text of `node_modules/.yarn-state.yml`
 * @param {string} lock - text of the `yarn.lock` before our packages came
 * @param {string[]} names - of what may be there once
 * @returns {string[]} a sentence for each that is there more often than before
 */
export function secondCopies(state, lock, names) {
  const all = copies(state);
  return [...new Set(names)]
    .filter(name => {
      const before = lock.split(`\n  resolution: "${name}@npm:`).length - 1;
      return (all.get(name) ?? []).length > Math.max(1, before);
    })
    .map(name => `${name} is there twice: ${all.get(name).join(', ')}`);
}
