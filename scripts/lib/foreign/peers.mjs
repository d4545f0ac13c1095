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
 * Fails where the portal has a second copy of what it may have once, or does not have what our
 * packages ask for.
 * @param {{dir: string}} portal
 */
export async function checkPeers({ dir }) {
  const explained = await execute(...yarn('explain', 'peer-requirements'), {
    cwd: dir,
    env: yarnEnv(),
  });
  const state = readFileSync(join(dir, 'node_modules/.yarn-state.yml'), 'utf8');
  const faults = [
    ...unmetPeers(explained),
    ...secondCopies(state, peersOf(dir, state)),
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
 * @param {string} state - text of `node_modules/.yarn-state.yml`
 * @param {string[]} names - of what may be there once
 * @returns {string[]} a sentence for each that is there more often
 */
export function secondCopies(state, names) {
  const all = copies(state);
  return [...new Set(names)]
    .filter(name => (all.get(name) ?? []).length > 1)
    .map(name => `${name} is there twice: ${all.get(name).join(', ')}`);
}
