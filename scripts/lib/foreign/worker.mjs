/** A platform of one folder: nothing but the packed SDK, and the code of the READMEs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from '../execute.mjs';
import { archives } from './make.mjs';
import { codeBlock } from './readme.mjs';
import { yarn, yarnEnv } from './yarn.mjs';

const READY_MS = 60_000;
const SDK = '@craft-easy/operations-sdk';
const READY = 'the worker is ready';

/**
 * Starts the worker of each README as an ES module and as CommonJS, after the compiler at its
 * strictest had nothing to say about them and about our declarations.
 * @param {import('../processes.mjs').Processes} processes
 * @param {string} dir - to be made
 * @param {Map<string, string>} packs - name → archive
 * @param {string} redisUrl
 */
export async function startWorkers(processes, dir, packs, redisUrl) {
  mkdirSync(dir, { recursive: true });
  const write = (name, text) => writeFileSync(join(dir, name), text);
  const writeJson = (name, value) => write(name, JSON.stringify(value));
  write('.yarnrc.yml', 'nodeLinker: node-modules\n');
  // a project of its own, wherever the folder is
  write('yarn.lock', '');
  writeJson('package.json', {
    name: 'platform',
    private: true,
    dependencies: { [SDK]: '*' },
    // of the compiler, not of the worker
    devDependencies: { typescript: '~5.8.0', '@types/node': '^24' },
    resolutions: archives(packs),
  });
  writeJson('tsconfig.json', {
    compilerOptions: {
      ...{ strict: true, skipLibCheck: false, types: ['node'] },
      ...{ module: 'nodenext', target: 'es2022' },
    },
  });
  await execute(...yarn('install'), { cwd: dir, env: yarnEnv() });

  const names = [];
  for (const [system, form] of Object.entries({ module, commonjs })) {
    mkdirSync(join(dir, system));
    writeJson(`${system}/package.json`, { type: system });
    for (const [name, text] of Object.entries(workerBlocks())) {
      write(`${system}/${name}.ts`, form(text));
      names.push(`${system}/${name}`);
    }
  }
  await execute(...yarn('tsc', '-p', '.'), { cwd: dir, env: yarnEnv() });

  const env = { ...process.env, REDIS_URL: redisUrl };
  const handles = names.map(name =>
    processes.start(
      `worker-${name.replace('/', '-')}`,
      process.execPath,
      [`${name}.js`],
      { cwd: dir, env },
    ),
  );
  await Promise.all(handles.map(one => one.line(new RegExp(READY), READY_MS)));
  return handles;
}

/** What the READMEs tell a platform to write; the address is the only thing that is another. */
function workerBlocks() {
  return {
    readme: codeBlock('README.md', 'startWorker('),
    sdk: codeBlock('plugins/operations-sdk/README.md', 'startWorker(').replace(
      "'redis://localhost:6379'",
      'process.env.REDIS_URL!',
    ),
  };
}

const module = text => `${text}\nconsole.log('${READY}');\n`;

/** The same where nothing can be awaited outside of a function. */
function commonjs(text) {
  const end = text.lastIndexOf("';", text.indexOf('\n\n')) + 2;
  return [
    text.slice(0, end),
    'async function main() {',
    module(text.slice(end)),
    '}',
    'main();',
  ].join('\n');
}
