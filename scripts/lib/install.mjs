/** Installs the packages, and skips it when nothing that decides about them has changed since. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { exclusively } from './lock.mjs';
import { step } from './log.mjs';
import { ROOT, TOOLS, inRoot } from './paths.mjs';
import { execute } from './execute.mjs';

const STAMP = join(TOOLS, 'install.stamp');
const STATE = inRoot('node_modules/.yarn-state.yml');

export function ensureInstalled() {
  return exclusively('install', install);
}

async function install() {
  const wanted = fingerprint();
  if (existsSync(STATE) && readStamp() === wanted) return;
  await step('Install packages', async () => {
    await execute(process.execPath, [yarn(), 'install', '--immutable']);
    mkdirSync(TOOLS, { recursive: true });
    writeFileSync(STAMP, `${wanted}\n`);
  });
}

/** Yarn comes with the repository, so that a machine without it will do. */
function yarn() {
  const folder = inRoot('.yarn/releases');
  const file = readdirSync(folder).find(name => /^yarn-.*\.cjs$/.test(name));
  return join(folder, file);
}

function readStamp() {
  try {
    return readFileSync(STAMP, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function fingerprint() {
  const hash = createHash('sha256').update(process.version);
  for (const file of ['yarn.lock', '.yarnrc.yml', ...manifests()]) {
    hash.update(`\0${file}\0`).update(readFileSync(inRoot(file)));
  }
  return hash.digest('hex');
}

function manifests() {
  const { workspaces } = JSON.parse(
    readFileSync(inRoot('package.json'), 'utf8'),
  );
  const folders = workspaces.flatMap(pattern =>
    pattern.endsWith('/*')
      ? readdirSync(join(ROOT, pattern.slice(0, -2))).map(
          name => `${pattern.slice(0, -1)}${name}`,
        )
      : [pattern],
  );
  return ['.', ...folders]
    .map(folder => `${folder}/package.json`)
    .filter(file => existsSync(inRoot(file)))
    .sort();
}
