/**
 * What must hold of the whole repository. Each gate is a stage of `npm test` and counts as one test.
 * `gates.test.mjs` plants a fault for each of them.
 */
import { captured } from './foreground.mjs';
import { buildEnv, ensureAllBuilt } from './frontend.mjs';
import { ROOT, inRoot } from './paths.mjs';

/**
 * @typedef {object} Gate
 * @property {string} title
 * @property {string[][]} programs - Node programs below node_modules and their arguments, run in this order until one fails
 * @property {string} [after] - the gate whose output this one reads
 * @property {(work: () => Promise<boolean>) => Promise<boolean>} [around] - may do without the work, where nothing has changed
 */

const TSC = 'typescript/bin/tsc';
const CLI = '@backstage/cli/bin/backstage-cli';
const REPO_TOOLS = '@backstage/repo-tools/bin/backstage-repo-tools';
const KNIP = ['knip/bin/knip.js', '--no-progress'];

/** @type {Gate[]} */
export const GATES = [
  {
    // node_modules/@types/node is that of Node 24; the declarations serve the build and the API reports
    title: 'Types on Node 24',
    programs: [[TSC, '-p', 'tsconfig.json']],
  },
  {
    title: 'Lint',
    programs: [
      [CLI, 'repo', 'fix', '--check', '--publish'],
      [CLI, 'repo', 'lint'],
    ],
  },
  {
    title: 'Format',
    programs: [['prettier/bin-prettier.js', '--check', '.']],
  },
  {
    title: 'Unused or undeclared',
    programs: [
      [...KNIP, '--treat-config-hints-as-errors'],
      [
        ...KNIP,
        '--production',
        '--workspace=plugins/*',
        '--include=dependencies,unlisted,unresolved',
      ],
    ],
  },
  {
    title: 'Types on Node 22',
    programs: [[TSC, '-p', 'tsconfig.node-22.json']],
  },
  {
    title: 'Build',
    after: 'Types on Node 24',
    programs: [
      [CLI, 'repo', 'build', '--all'],
      [REPO_TOOLS, 'type-deps'],
    ],
    around: ensureAllBuilt,
  },
  {
    title: 'API reports',
    after: 'Types on Node 24',
    programs: [
      [
        REPO_TOOLS,
        'api-reports',
        '--ci',
        '--include=plugins/*',
        '--omit-messages=ae-forgotten-export',
      ],
    ],
  },
];

/** Gates that only `CI=true npm test` and `npm test -- --all` have the time for. @type {Gate[]} */
export const LONG_GATES = [];

/**
 * @param {Gate} gate
 * @param {{root?: string, env: NodeJS.ProcessEnv}} options - `root` is the repository that must hold
 * @returns {Promise<{passed: boolean, output: string}>}
 */
export async function check({ programs, around }, { root = ROOT, env }) {
  let output = '';
  const work = async () => {
    for (const [program, ...args] of programs) {
      const result = await captured(
        [inRoot('node_modules', program), ...args],
        { cwd: root, env: buildEnv(env) },
      );
      output += result.output;
      if (result.code !== 0) return false;
    }
    return true;
  };
  const passed = await (around && root === ROOT ? around(work) : work());
  return { passed, output };
}

/**
 * Checks gates, so many at a time, each after the one whose output it reads.
 * @param {Gate[]} gates - one that is read from stands before those that read
 * @param {number} width
 * @param {(gate: Gate) => Promise<unknown>} work
 */
export async function eachGate(gates, width, work) {
  const waiting = [...gates];
  const begun = new Map();
  const next = async () => {
    for (let gate = waiting.shift(); gate; gate = waiting.shift()) {
      const { title, after } = gate;
      const read = begun.get(after);
      begun.set(
        title,
        (async () => {
          await read;
          await work(gate);
        })(),
      );
      await begun.get(title);
    }
  };
  await Promise.all(Array.from({ length: width }, next));
}
