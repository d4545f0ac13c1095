/** The built frontend, which the backend serves; built again only when its sources changed. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { exclusively } from './lock.mjs';
import { step } from './log.mjs';
import { ROOT, inRoot } from './paths.mjs';
import { run } from './run.mjs';

const DIST = inRoot('packages/app/dist');
const STAMP = join(DIST, '.sources');

/** All that ends up in the bundle. */
const SOURCES = [
  'yarn.lock',
  'app-config.yaml',
  'packages/app',
  'plugins/operations',
  'plugins/operations-common',
];

const IGNORED = new Set([
  'node_modules',
  'dist',
  'dist-types',
  'coverage',
  '__testUtils__',
]);

export function ensureFrontend() {
  return exclusively('frontend', build);
}

async function build() {
  const wanted = fingerprint();
  if (existsSync(join(DIST, 'index.html')) && readStamp() === wanted) return;
  await step('Build the frontend', async () => {
    await run(
      process.execPath,
      [
        inRoot('node_modules/@backstage/cli/bin/backstage-cli'),
        'package',
        'build',
      ],
      {
        cwd: inRoot('packages/app'),
        // under CI a warning of a dependency would end the build
        env: { ...process.env, CI: '' },
      },
    );
    writeFileSync(STAMP, wanted);
  });
}

function readStamp() {
  return existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : undefined;
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(source => files(inRoot(source)))) {
    hash.update(`\0${relative(ROOT, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function files(path) {
  if (!existsSync(path)) return [];
  const entries = (() => {
    try {
      return readdirSync(path, { withFileTypes: true });
    } catch (error) {
      if (error.code === 'ENOTDIR') return undefined;
      throw error;
    }
  })();
  if (!entries) return [path];
  return entries
    .filter(({ name }) => !IGNORED.has(name) && !/\.test\.tsx?$/.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name }) => files(join(path, name)));
}
