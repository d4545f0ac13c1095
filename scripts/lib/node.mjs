/**
 * A supported Node for everything that follows. Backstage runs on Node 22 and 24; the machine's
 * own may be older. Our Node lives in a folder of its own: a later `npm install` beside the npm
 * package `node` would delete its binary, and native modules (better-sqlite3) crash without a
 * word under an older Node than they were made for.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { Sentence, complain, step } from './log.mjs';
import { RUN_AGAIN, onParentGone } from './parent.mjs';
import { TOOLS } from './paths.mjs';
import { execute } from './execute.mjs';

const WANTED = '24';
const FOLDER = join(TOOLS, 'node');
const PACKAGE = join(FOLDER, 'node_modules/node');
const BINARY = join(PACKAGE, 'bin/node');

/**
 * Node 22.12 is the first of its line that may `require()` an ES module, which some dependencies
 * need.
 */
export function isSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  return major === 24 || (major === 22 && minor >= 12);
}

/**
 * Comes back only in a process whose Node is supported and is the first on PATH; otherwise gets
 * one, runs this very script again under it, and ends with its exit code.
 */
export async function ensureNode() {
  dropOuterNpm();
  if (isSupported(process.versions.node)) {
    process.env.PATH = [dirname(process.execPath), process.env.PATH].join(
      delimiter,
    );
    if (existsSync(BINARY) && process.execPath === realpathSync(BINARY)) {
      useOwnHeaders();
    }
    return;
  }
  try {
    if (!(await works())) {
      await step(
        `Get Node ${WANTED} (this is ${process.versions.node})`,
        install,
      );
    }
    process.exit(await runAgain());
  } catch (error) {
    complain(error);
    process.exit(1);
  }
}

/**
 * npm tells its children where to install and which package they belong to, which is not meant
 * for ours.
 */
function dropOuterNpm() {
  for (const name of Object.keys(process.env)) {
    if (
      /^npm_(package_|lifecycle_|config_(local_|global_)?prefix$)/.test(name)
    ) {
      delete process.env[name];
    }
  }
}

/** What must be compiled, must be compiled for the Node that will run it, not for the machine's. */
function useOwnHeaders() {
  const prefix =
    process.platform === 'darwin' && process.arch === 'arm64'
      ? 'node-bin'
      : 'node';
  const unpacked = join(
    PACKAGE,
    'node_modules',
    `${prefix}-${process.platform}-${process.arch}`,
  );
  if (existsSync(join(unpacked, 'include/node'))) {
    process.env.npm_config_nodedir = unpacked;
  }
}

async function works() {
  if (!existsSync(BINARY)) return false;
  try {
    const version = await execute(BINARY, ['--version']);
    return isSupported(version.trim().slice(1));
  } catch {
    return false;
  }
}

async function install() {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }\n');
  const args = [
    'install',
    '--prefix',
    FOLDER,
    '--no-audit',
    '--no-fund',
    `node@${WANTED}`,
  ];
  // the npm that runs us, if it is one: it may not be on PATH
  const npm = process.env.npm_execpath || '';
  try {
    if (npm.endsWith('npm-cli.js')) {
      await execute(process.execPath, [npm, ...args], { cwd: FOLDER });
    } else {
      await execute('npm', args, { cwd: FOLDER });
    }
  } catch (error) {
    throw new Sentence(
      `${error.message}\nThis project needs Node 22 or 24 and could not get one from the npm registry. Install one, then try again.`,
    );
  }
  if (!(await works())) {
    throw new Sentence(
      `npm installed node@${WANTED}, but ${BINARY} does not run here. Install Node 22 or 24, then try again.`,
    );
  }
}

function runAgain() {
  const child = spawn(BINARY, process.argv.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, [RUN_AGAIN]: '1' },
  });
  onParentGone(() => child.kill('SIGTERM'));
  // Ctrl-C reaches the whole terminal group, `kill` only this process: pass it on and wait
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', code => resolve(code ?? 1));
  });
}
