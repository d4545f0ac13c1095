/** Builds and starts somebody else's portal. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from '../execute.mjs';
import { Sentence } from '../log.mjs';
import { READINESS } from '../portal.mjs';
import { freePort, untilAnswers } from '../ports.mjs';
import { yarn, yarnEnv } from './yarn.mjs';

const READY_MS = 180_000;

/** Pages that a portal of jobs has only where its configuration says so. */
const UNUSED = [
  ...['webhooks', 'rate-limits', 'flags', 'maintenance', 'caches'],
  ...['migrations', 'approvals'],
];

/** What a backend says that stays, and answers nothing. */
const FAILED = /startup failed; caused by/;

/**
 * @param {import('../processes.mjs').Processes} processes
 * @param {{dir: string, legacy: boolean}} portal
 * @param {string} redisUrl
 */
export async function servePortal(processes, { dir, legacy }, redisUrl) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  writeFileSync(join(dir, 'catalog.yaml'), CATALOG);
  writeFileSync(
    join(dir, 'app-config.local.yaml'),
    // JSON is YAML
    JSON.stringify(localConfig(url, port, legacy), null, 2),
  );
  await execute(...yarn('workspace', 'app', 'build'), {
    cwd: dir,
    env: yarnEnv(),
  });
  const transform = '@backstage/cli/config/nodeTransform.cjs';
  const handle = processes.start(
    'backend',
    process.execPath,
    [
      ...['--require', join(dir, 'node_modules', transform), 'src/index.ts'],
      ...['--config', join(dir, 'app-config.yaml')],
      ...['--config', join(dir, 'app-config.local.yaml')],
    ],
    {
      cwd: join(dir, 'packages/backend'),
      env: { ...process.env, NODE_ENV: 'development', REDIS_URL: redisUrl },
    },
  );
  const failed = handle.line(FAILED, READY_MS).then(line => {
    throw new Sentence(`${line}\nThe log is ${handle.logFile}.`);
  });
  await Promise.race([
    untilAnswers(url + READINESS, { timeoutMs: READY_MS }),
    failed,
  ]);
  // it is not waited for any more
  failed.catch(() => {});
  return { url, handle };
}

/** What stands on a developer's machine beside the config of the portal. */
function localConfig(url, port, legacy) {
  return {
    app: {
      baseUrl: url,
      ...(legacy ? {} : { extensions: HOME }),
    },
    backend: {
      baseUrl: url,
      // the port in the address is another one each time
      listen: { port, host: '127.0.0.1' },
      cors: { origin: url },
    },
    operations: {
      pages: Object.fromEntries(UNUSED.map(page => [page, true])),
    },
    catalog: {
      locations: ['examples/org.yaml', 'catalog.yaml'].map(file => ({
        type: 'file',
        target: `../../${file}`,
        rules: [{ allow: ['User', 'Group', 'Component'] }],
      })),
    },
  };
}

/** The widget on the page that the portal calls home. */
const HOME = [
  { 'page:catalog': { config: { path: '/catalog' } } },
  {
    'page:home': {
      config: {
        path: '/',
        defaultConfig: [
          {
            component: 'OperationsAttention',
            ...{ column: 0, row: 0, width: 6, height: 6 },
          },
        ],
      },
    },
  },
];

const CATALOG = `
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: finance
spec:
  type: team
  children: []
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: acme
  annotations:
    operations.craft-easy.io/tenant: acme
spec:
  type: tenant
  lifecycle: production
  owner: group:default/finance
`;
