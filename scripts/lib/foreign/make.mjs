/** A portal as `create-app` makes it, and the packages in it as the README says. */
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { execute } from '../execute.mjs';
import { inRoot } from '../paths.mjs';
import { codeBlock } from './readme.mjs';
import { lowestAsked } from './release.mjs';
import { YARN, yarn, yarnEnv } from './yarn.mjs';

/** Writes portals of Backstage 1.55; there is none for a later release. */
const CREATE_APP = '@backstage/create-app@0.9.2';

/** More than it has ever taken until no version changed any more. */
const PASSES = 10;

/** A tab of the portal's own, as the document shows it. */
const OWN_TAB = 'packages/app/src/releases.tsx';

/** Two versions of it get along, and a lower one than we need would be forced on us. */
const NOT_PINNED = '@backstage/errors';

/**
 * @param {string} dir - to be made
 * @param {{newest: boolean, legacy: boolean}} kind
 * @returns {Promise<{dir: string, legacy: boolean, release: string, lock: string}>}
 */
export async function makePortal(dir, { newest, legacy }) {
  mkdirSync(dirname(dir), { recursive: true });
  await execute(
    'npm',
    [
      ...['exec', '--yes', '--', CREATE_APP],
      ...['--skip-install', '--path', dir],
      ...(legacy ? ['--legacy'] : []),
    ],
    {
      cwd: dirname(dir),
      env: {
        ...process.env,
        BACKSTAGE_APP_NAME: 'foreign',
        PATH: [yarnOnPath(dirname(dir)), process.env.PATH].join(delimiter),
      },
    },
  );
  installAsWeDo(dir);
  await (newest ? takeNewest(dir) : pinRelease(dir));
  const { version } = readJson(join(dir, 'backstage.json'));
  return {
    dir,
    legacy,
    release: newest ? 'later than 1.55' : version,
    lock: readFileSync(join(dir, 'yarn.lock'), 'utf8'),
  };
}

/** `create-app` asks for a program of that name. */
function yarnOnPath(dir) {
  const bin = join(dir, 'bin');
  mkdirSync(bin, { recursive: true });
  const program = join(bin, 'yarn');
  writeFileSync(
    program,
    `#!/bin/sh\nexec "${process.execPath}" "${YARN}" "$@"\n`,
  );
  chmodSync(program, 0o755);
  return bin;
}

/**
 * Native modules that come built, as in this repository: a compiler, and the headers of Node, may
 * be out of reach.
 */
function installAsWeDo(dir) {
  const ours = readJson(inRoot('package.json'));
  const native = Object.entries(ours.resolutions).filter(
    ([name]) => !/^@(backstage|types)\//.test(name),
  );
  editJson(join(dir, 'package.json'), manifest => ({
    ...manifest,
    resolutions: { ...manifest.resolutions, ...Object.fromEntries(native) },
    dependenciesMeta: ours.dependenciesMeta,
  }));
}

/** Holds every package at the release of the template, whose lock file is out of reach. */
async function pinRelease(dir) {
  for (let pass = 0; pass < PASSES; pass += 1) {
    await updateLock(dir);
    const asked = lowestAsked(readFileSync(join(dir, 'yarn.lock'), 'utf8'));
    let changed = false;
    editJson(join(dir, 'package.json'), ({ resolutions, ...rest }) => {
      asked.delete(NOT_PINNED);
      const pinned = { ...resolutions, ...Object.fromEntries(asked) };
      changed = JSON.stringify(pinned) !== JSON.stringify(resolutions);
      return { ...rest, resolutions: pinned };
    });
    if (!changed) return;
  }
}

const updateLock = dir =>
  execute(...yarn('install', '--mode=update-lockfile'), {
    cwd: dir,
    env: yarnEnv(),
  });

/** All packages of Backstage together, as at an upgrade. */
async function takeNewest(dir) {
  await execute(...yarn('up', '@backstage/*', '--mode=update-lockfile'), {
    cwd: dir,
    env: yarnEnv(),
  });
}

/**
 * @param {{dir: string, legacy: boolean}} portal
 * @param {Map<string, string>} packs - name → archive
 */
export async function installPackages({ dir, legacy }, packs) {
  pasteBackend(dir);
  if (legacy) pasteLegacyApp(dir);
  else pasteApp(dir);
  // the only departure from the README: the packages come from archives, not from the registry
  editJson(join(dir, 'package.json'), manifest => ({
    ...manifest,
    resolutions: { ...manifest.resolutions, ...archives(packs) },
  }));
  for (const folder of ['app', 'backend']) {
    declareWhatIsUsed(join(dir, 'packages', folder));
  }
  await execute(...yarn('install'), { cwd: dir, env: yarnEnv() });
}

/** `resolutions` that take packages from their archives. @param {Map<string, string>} packs */
export const archives = packs =>
  Object.fromEntries([...packs].map(([name, file]) => [name, `file:${file}`]));

/** What adds to a backend, and whose README says how, besides that of the root. */
const MODULES = [
  'operations-backend-module-checkin',
  'scaffolder-backend-module-operations',
  'search-backend-module-operations',
];

/** What the READMEs tell a reader to add to a backend, each once. */
export function backendFeatures() {
  const documents = MODULES.map(name => `plugins/${name}/README.md`);
  const statements = ['README.md', ...documents].flatMap(document =>
    codeBlock(document, '// packages/backend/src/index.ts').match(
      /^backend\.add\([^]*?\);$/gm,
    ),
  );
  return [...new Set(statements)];
}

function pasteBackend(dir) {
  edit(join(dir, 'packages/backend/src/index.ts'), text =>
    text.replace(
      'backend.start();',
      [...backendFeatures(), 'backend.start();'].join('\n'),
    ),
  );
  const config = codeBlock('README.md', '# app-config.yaml');
  edit(join(dir, 'app-config.yaml'), text => `${text}\n${config}`);
}

function pasteApp(dir) {
  const block = codeBlock('README.md', 'App.tsx', 'createApp');
  const tab = codeBlock('docs/adding-a-tab.md', OWN_TAB);
  writeFileSync(join(dir, OWN_TAB), tab);
  writeFileSync(
    join(dir, 'packages/app/src/App.tsx'),
    `import releasesPlugin from './releases';\n${block.replace(
      'features: [',
      'features: [releasesPlugin, ',
    )}`,
  );
}

function pasteLegacyApp(dir) {
  const block = codeBlock('README.md', 'App.tsx', '<FlatRoutes>');
  edit(join(dir, 'packages/app/src/App.tsx'), text =>
    withImports(text, block).replace(
      '</FlatRoutes>',
      `${pick(block, /<Route [^]*?\/>\n/)}</FlatRoutes>`,
    ),
  );
  const page = codeBlock('plugins/operations/README.md', 'EntityPage.tsx');
  edit(join(dir, 'packages/app/src/components/catalog/EntityPage.tsx'), text =>
    withImports(text, page).replace(
      /export const entityPage = \(\s*<EntitySwitch>/,
      start =>
        [
          pick(page, /const jobPage = [^]*?;\n/),
          start,
          pick(page, /<EntitySwitch.Case [^]*?\/>\n/),
        ].join('\n'),
    ),
  );
}

/** A file with those of a block's imports that come from our packages. */
function withImports(text, block) {
  const [ours] = block.match(/^import [^;]* from '@craft-easy\/[^;]*;\n/m);
  return `${ours}${text}`;
}

function pick(block, pattern) {
  return block.match(pattern)[0];
}

/** Whoever pastes an import adds the package. */
function declareWhatIsUsed(folder) {
  const used = sourcesIn(join(folder, 'src')).flatMap(text =>
    [...text.matchAll(/['"](@craft-easy\/[\w-]+)/g)].map(([, name]) => name),
  );
  editJson(join(folder, 'package.json'), ({ dependencies, ...rest }) => ({
    ...rest,
    dependencies: {
      ...dependencies,
      ...Object.fromEntries(used.map(name => [name, '*'])),
    },
  }));
}

function sourcesIn(dir) {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

function edit(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

function editJson(file, change) {
  edit(file, text => `${JSON.stringify(change(JSON.parse(text)), null, 2)}\n`);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
