/**
 * The built frontend, which the backend serves; built again only when its sources changed.
 * The build of all packages builds it too.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { exclusively } from './lock.mjs';
import { step } from './log.mjs';
import { execute } from './execute.mjs';
import { ROOT, TOOLS, inRoot } from './paths.mjs';

const DIST = inRoot('packages/app/dist');
const STAMP = join(DIST, '.sources');

/** All that ends up in the bundle. */
const SOURCES = [
  'yarn.lock',
  'app-config.yaml',
  'packages/app',
  'plugins/operations',
  'plugins/operations-common',
  'plugins/operations-react',
  'plugins/operations-protocol',
];

/** All that the build of every package reads. */
const ALL_SOURCES = ['yarn.lock', 'app-config.yaml', 'packages', 'plugins'];
const ALL_STAMP = join(TOOLS, 'build.stamp');

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

/**
 * Has every package built, unless nothing has changed since that worked.
 * @param {() => Promise<boolean>} work - whether it could be built
 * @returns {Promise<boolean>}
 */
export async function ensureAllBuilt(work) {
  const wanted = fingerprint(ALL_SOURCES);
  if (readStamp(ALL_STAMP) === wanted && isBuilt()) return true;
  let built = false;
  await exclusively('frontend', async () => {
    const sources = fingerprint(SOURCES);
    built = await work();
    if (!built) return;
    writeFileSync(STAMP, sources);
    writeFileSync(ALL_STAMP, wanted);
  });
  return built;
}

async function build() {
  if (isBuilt()) return;
  const wanted = fingerprint(SOURCES);
  await step('Build the frontend', async () => {
    await execute(
      process.execPath,
      [
        inRoot('node_modules/@backstage/cli/bin/backstage-cli'),
        'package',
        'build',
      ],
      {
        cwd: inRoot('packages/app'),
        env: buildEnv(process.env),
      },
    );
    writeFileSync(STAMP, wanted);
  });
}

function isBuilt() {
  return (
    existsSync(join(DIST, 'index.html')) &&
    readStamp(STAMP) === fingerprint(SOURCES)
  );
}

/** Under CI a warning of a dependency would end the build. */
export const buildEnv = env => ({ ...env, CI: '' });

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function fingerprint(sources) {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(source => files(inRoot(source)))) {
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
