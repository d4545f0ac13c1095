/**
 * What must hold of the whole repository. Each gate is a stage of `npm test` and counts as one
 * test. `gates.test.mjs` plants a fault for each of them.
 */
import { captured } from './foreground.mjs';
import { buildEnv, ensureAllBuilt } from './frontend.mjs';
import { say } from './log.mjs';
import { ROOT, inRoot } from './paths.mjs';
import { verdict } from './testResults.mjs';

/**
 * @typedef {string[]} Program - a Node program below node_modules, and its arguments
 *
 * @typedef {object} Gate
 * @property {string} title
 * @property {Program[]} programs - run in this order until one fails
 * @property {string} [after] - the gate whose output this one reads
 * @property {(work: () => Promise<boolean>) => Promise<boolean>} [around] - leaves the work out
 *   where nothing has changed
 */

const TSC = 'typescript/bin/tsc';
const CLI = '@backstage/cli/bin/backstage-cli';
const REPO_TOOLS = '@backstage/repo-tools/bin/backstage-repo-tools';
const KNIP = ['knip/bin/knip.js', '--no-progress'];

/**
 * Declarations of everything, for the build and for the API reports. Made from scratch: after an
 * edit, an incremental compiler lists the members of unions in another order than a clean clone.
 * @type {Program}
 */
export const DECLARATIONS = [
  TSC,
  '-p',
  'tsconfig.json',
  '--incremental',
  'false',
];

/** @type {Program} */
export const API_REPORTS = [
  REPO_TOOLS,
  'api-reports',
  '--include=plugins/*',
  `--omit-messages=${[
    // names of schemas' parts, which cannot all be exported
    'ae-forgotten-export',
    // the field's convention of an underscore is not Backstage's
    'ae-internal-missing-underscore',
    'ae-undocumented',
    // packages of the repository point to their sources until they are published
    'ae-wrong-input-file-type',
  ]}`,
];

/**
 * In the order in which two at a time end soonest. A gate stands behind the one that it reads.
 * @type {Gate[]}
 */
export const GATES = [
  {
    // node_modules/@types/node is that of Node 24
    title: 'Types on Node 24',
    programs: [DECLARATIONS],
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
    title: 'Build',
    programs: [
      [CLI, 'repo', 'build', '--all'],
      [REPO_TOOLS, 'type-deps'],
    ],
    after: 'Types on Node 24',
    around: ensureAllBuilt,
  },
  {
    title: 'Types on Node 22',
    programs: [[TSC, '-p', 'tsconfig.node-22.json']],
  },
  {
    title: 'API reports',
    programs: [[...API_REPORTS, '--ci']],
    after: 'Types on Node 24',
  },
];

/** Only `CI=true npm test` and `npm test -- --all` have the time for these. @type {Gate[]} */
const LONG_GATES = [];

export const ALL = '--all';

/** Whether there is time for what takes long. */
export function isLong() {
  return process.argv.includes(ALL) || process.env.CI === 'true';
}

/** The arguments of Node that run a program. @param {Program} program */
export function commandLine([program, ...args]) {
  const preload =
    program === REPO_TOOLS
      ? ['--require', inRoot('scripts/lib/publicEntries.cjs')]
      : [];
  return [...preload, inRoot('node_modules', program), ...args];
}

/**
 * @param {Gate} gate
 * @param {{root?: string, env: NodeJS.ProcessEnv}} options - `root` is the repository to check
 * @returns {Promise<{passed: boolean, output: string}>}
 */
export async function check({ programs, around }, { root = ROOT, env }) {
  let output = '';
  const work = async () => {
    for (const program of programs) {
      const options = { cwd: root, env: buildEnv(env) };
      const result = await captured(commandLine(program), options);
      output += result.output;
      if (result.code !== 0) return false;
    }
    return true;
  };
  const passed = await (around && root === ROOT ? around(work) : work());
  return { passed, output };
}

/**
 * Runs gates as stages; what their programs said is shown of those that fail.
 * @param {ReturnType<import('./runStages.mjs').runStages>['stage']} stage
 * @param {string[]} [patterns] - of titles; all of them when there is none
 */
export async function runGates(stage, patterns = []) {
  const gates = [...GATES, ...(isLong() ? LONG_GATES : [])];
  const chosen = gates.filter(({ title }) =>
    patterns.every(pattern => new RegExp(pattern, 'i').test(title)),
  );
  const read = chosen.map(({ after }) => after);
  await eachGate(
    gates.filter(gate => chosen.includes(gate) || read.includes(gate.title)),
    2,
    gate =>
      stage(gate.title, async ({ env }) => {
        const { passed, output } = await check(gate, { env });
        if (!passed) say(output.trimEnd());
        return verdict(passed ? 0 : 1, gate.title);
      }),
  );
}

/**
 * @param {Gate[]} gates - one that is read stands before those that read it
 * @param {number} width - how many at a time
 * @param {(gate: Gate) => Promise<unknown>} work
 */
export async function eachGate(gates, width, work) {
  const waiting = [...gates];
  const begun = new Map();
  const next = async () => {
    for (let gate = waiting.shift(); gate; gate = waiting.shift()) {
      const { title, after } = gate;
      const read = begun.get(after);
      const ended = (async () => {
        await read;
        await work(gate);
      })();
      begun.set(title, ended);
      await ended;
    }
  };
  await Promise.all(Array.from({ length: width }, next));
}
