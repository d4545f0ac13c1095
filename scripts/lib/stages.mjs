/** The stages of `npm test`. Each answers its results; none throws because a test failed. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run as runNodeTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { foreground } from './foreground.mjs';
import { ensureFrontend } from './frontend.mjs';
import { inRoot } from './paths.mjs';
import { soakCommand } from './soak.mjs';
import { none, readJestResults, sum, verdict } from './testResults.mjs';

const STORIES = inRoot('packages/stories');

/** The scripts' own tests. */
export async function scriptTests({ patterns }) {
  const files = readdirSync(inRoot('scripts/lib'))
    .filter(name => name.endsWith('.test.mjs'))
    .map(name => inRoot('scripts/lib', name))
    .filter(file => matches(file, patterns));
  const results = none();
  if (files.length === 0) return results;
  const stream = runNodeTests({ files, concurrency: 1 });
  const isTest = ({ details, name }) =>
    details.type !== 'suite' && !files.includes(name);
  stream.on('test:pass', event => {
    if (isTest(event)) results.passed += 1;
  });
  stream.on('test:fail', event => {
    if (!isTest(event)) return;
    results.failed += 1;
    results.failures.push(event.name);
  });
  const report = stream.compose(spec());
  report.pipe(process.stdout, { end: false });
  await new Promise((resolve, reject) => {
    report.on('end', resolve);
    report.on('error', reject);
  });
  return results;
}

/** Rules, stores, protocol and pages: every package's own tests. */
export async function packageTests(context) {
  // in two processes: the network mock of the pages would catch sockets that server tests left open
  const pages = await packagesWhere('pages', '--selectProjects', 2, context);
  // these wait for Redis, databases and clocks a third of their time
  const servers = await packagesWhere(
    'servers',
    '--ignoreProjects',
    3,
    context,
  );
  return sum([pages, servers]);
}

/** Packages that are tested in a browser's environment, by name. */
const PAGES = ['@craft-easy/backstage-plugin-operations', 'app'];

function packagesWhere(name, option, workers, { env, dir, patterns }) {
  const out = join(dir, `packages-${name}.json`);
  return jest(
    out,
    `package tests of ${name}`,
    [
      inRoot('node_modules/@backstage/cli/bin/backstage-cli'),
      'repo',
      'test',
      `--maxWorkers=${workers}`,
      '--passWithNoTests',
      '--json',
      `--outputFile=${out}`,
      ...patterns,
      option,
      ...PAGES,
    ],
    { env: { ...env, CI: '1' } },
  );
}

/** The built frontend for the stories. Counts only when it fails. */
export async function buildFrontend() {
  await ensureFrontend();
  return none();
}

export function hasStories(patterns) {
  return storyFiles(STORIES).some(file => matches(file, patterns));
}

/** Whole stacks, seen through a browser; two at a time, since a story waits most of its time. */
export function stories({ env, dir, patterns }) {
  const out = join(dir, 'stories.json');
  return jest(
    out,
    'browser stories',
    [
      inRoot('node_modules/jest/bin/jest.js'),
      `--config=${join(STORIES, 'jest.config.js')}`,
      '--maxWorkers=2',
      '--passWithNoTests',
      '--json',
      `--outputFile=${out}`,
      ...patterns,
    ],
    { env, cwd: STORIES },
  );
}

/** Two minutes of everything under load while everything fails; the same faults each time. */
export function soak({ env, dir }) {
  const out = join(dir, 'soak.json');
  const { args, cwd } = soakCommand('faults');
  return jest(out, 'soak', [...args, '--json', `--outputFile=${out}`], {
    env: { ...env, SOAK_MINUTES: '2', SOAK_SEED: '26' },
    cwd,
  });
}

async function jest(out, name, args, options) {
  const code = await foreground(args, options);
  const results = readJestResults(out);
  // ended badly without a failed test to show for it: a crash, or wrong options
  return code !== 0 && results.failed === 0 ? verdict(code, name) : results;
}

function storyFiles(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true }).flatMap(entry => {
    if (entry.name === 'node_modules') return [];
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return storyFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

function matches(file, patterns) {
  return (
    patterns.length === 0 || patterns.some(p => new RegExp(p, 'i').test(file))
  );
}
