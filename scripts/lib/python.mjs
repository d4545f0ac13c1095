/**
 * The Python of the Python package and of the demo platform's service: Debian's own, whose packages
 * come from the system's package manager.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, isProgram, succeeds } from './execute.mjs';
import { Sentence, say } from './log.mjs';
import { inRoot } from './paths.mjs';
import { installSystemPackage } from './systemPackages.mjs';
import { none, sum, verdict } from './testResults.mjs';

const PROGRAM = process.env.OPERATIONS_PYTHON || '/usr/bin/python3';
const PACKAGE = inRoot('python');
const SERVICE = inRoot('packages/demo-platform/python');

/** What the service needs, and what the package's tests need besides. */
const SERVICE_MODULES = ['redis.asyncio', 'cryptography', 'fastapi', 'uvicorn'];
const TEST_MODULES = [
  ...['pytest', 'pytest_asyncio', 'httpx'],
  ...['build', 'hatchling', 'ensurepip'],
  ...['celery', 'apscheduler', 'rq'],
  ...['mypy', 'black', 'flake8'],
];

const HINT =
  'Install them for /usr/bin/python3 (on Debian: apt-get install python3-redis python3-cryptography python3-fastapi python3-uvicorn), or say with OPERATIONS_PYTHON=… which Python ≥ 3.10 has them.';

const SERVICE_PACKAGES = [
  'python3-redis',
  'python3-cryptography',
  'python3-fastapi',
  'python3-uvicorn',
];
const TEST_PACKAGES = [
  'python3-pytest',
  'python3-pytest-asyncio',
  'python3-httpx',
  'python3-build',
  'python3-hatchling',
  'python3-venv',
  'python3-celery',
  'python3-apscheduler',
  'python3-rq',
  'python3-mypy',
  'black',
  'python3-flake8',
];

/** Gets what the demo platform's service runs on. @returns why it cannot, if it cannot */
export const ensurePythonOfService = () =>
  ensure(SERVICE_MODULES, SERVICE_PACKAGES);

/** Gets what the package's tests need. @returns why there can be none, if there cannot */
export const ensurePythonOfTests = () =>
  ensure(
    [...SERVICE_MODULES, ...TEST_MODULES],
    [...SERVICE_PACKAGES, ...TEST_PACKAGES],
  );

async function ensure(modules, packages) {
  if (await has(modules)) return undefined;
  // packages of the system are for the system's Python
  if (process.env.OPERATIONS_PYTHON) {
    return `${PROGRAM} lacks one of ${modules.join(', ')}. ${HINT}`;
  }
  try {
    const wanted = { apt: [['python3', ...packages]] };
    await installSystemPackage('packages of Python', wanted, HINT);
  } catch (error) {
    if (!(error instanceof Sentence)) throw error;
    return error.message;
  }
  return (await has(modules)) ? undefined : HINT;
}

async function has(modules) {
  const script = [
    'import sys, zoneinfo',
    'assert sys.version_info >= (3, 10)',
    ...modules.map(name => `import ${name}`),
  ].join('\n');
  return isProgram(PROGRAM) && succeeds(PROGRAM, ['-c', script]);
}

/** Folders of Python, and what holds them to the house. */
const CHECKS = [
  { name: 'black', args: ['black', '--check', '--quiet', '.', SERVICE] },
  {
    name: 'flake8',
    args: ['flake8', '--config', join(PACKAGE, '.flake8'), '.', SERVICE],
  },
  { name: 'mypy', args: ['mypy'] },
  { name: 'mypy of the service', args: ['mypy', join(SERVICE, 'service')] },
];

/**
 * The Python package: format, lint, types and tests.
 * @param {{env: NodeJS.ProcessEnv, dir: string, problem?: string}} context - `problem`: why there
 *   is no Python to test with; nothing is tested then, which fails where CI is set
 */
export async function pythonTests({ env, dir, problem }) {
  if (problem !== undefined) return untested(problem);
  const checked = [];
  for (const { name, args } of CHECKS) {
    checked.push(await check(`Python: ${name}`, args, env));
  }
  return sum([...checked, await pytest(env, join(dir, 'python.xml'))]);
}

/** Nobody must take it for a success: nothing else tests the package. */
function untested(problem) {
  const line = '!'.repeat(78);
  say(`  ${line}`);
  say(
    '  ! NOTHING of the Python package is tested here, nor against TypeScript:',
  );
  say(`  ! ${problem}`);
  say(`  ${line}`);
  const isCi = !['', '0', 'false'].includes(process.env.CI ?? '');
  return isCi
    ? verdict(1, 'Python: there is none to test with, and CI is set')
    : { ...none(), skipped: 1 };
}

/** @param {string[]} args - of `python3 -m` */
async function check(name, args, env) {
  const said = await runModule(args, env);
  if (said !== undefined) say(said);
  return verdict(said === undefined ? 0 : 1, name);
}

async function pytest(env, file) {
  const said = await runModule(['pytest', '-q', `--junitxml=${file}`], env);
  if (said !== undefined) say(said);
  const results = readJUnit(readFileSync(file, 'utf8'));
  // ended badly without a failed test to show for it: wrong options, or nothing collected
  return said !== undefined && results.failed === 0
    ? verdict(1, 'Python: pytest')
    : results;
}

/** @returns what it said, where it failed */
async function runModule(args, env) {
  try {
    await execute(PROGRAM, ['-m', ...args], {
      cwd: PACKAGE,
      env: { ...env, PYTHONPATH: 'src', PYTHONDONTWRITEBYTECODE: '1' },
    });
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** Counts of a JUnit report, and the names of what failed. @param {string} xml */
export function readJUnit(xml) {
  const [, attributes] = /<testsuite\s([^>]*)>/.exec(xml) ?? [];
  if (attributes === undefined) return none();
  const count = name =>
    Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  const skipped = count('skipped');
  const failures = xml
    .split('<testcase ')
    .slice(1)
    .filter(one => /<(failure|error)\b/.test(one))
    .map(one => `Python: ${/\bname="([^"]*)"/.exec(one)?.[1]}`);
  const passed = count('tests') - failed - skipped;
  return { passed, failed, skipped, failures };
}
