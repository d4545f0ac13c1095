/**
 * `npm start`: from nothing to a portal in the browser. `--dev` serves the frontend from its
 * sources, with hot reload. Environment: PORT (7007 or the next free), PORTAL_HOST, REDIS_URL
 * (instead of an own Redis), OPERATIONS_RUN_DIR (.run).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startAnewBeforeBaseline } from './lib/baseline.mjs';
import { ensureNode } from './lib/node.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { ensureFrontend } from './lib/frontend.mjs';
import { runCommand } from './lib/lifecycle.mjs';
import { say, step, seconds, Sentence } from './lib/log.mjs';
import { RUN, inRoot } from './lib/paths.mjs';
import { untilPeopleCanSignIn } from './lib/people.mjs';
import { freePortFrom, untilAnswers } from './lib/ports.mjs';
import {
  claimRunFolder,
  releaseRunFolder,
  writeNote,
} from './lib/previousRun.mjs';
import { Processes } from './lib/processes.mjs';
import { ensurePythonOfService } from './lib/python.mjs';
import { startRedis } from './lib/redis.mjs';
import { readOrMakeSecrets } from './lib/secrets.mjs';
import * as portal from './lib/portal.mjs';

const START_MS = 180_000;

const began = Date.now();
const dev = process.argv.includes('--dev');
let processes;
let claimed = false;

await ensureNode();
await runCommand(main, {
  async stop() {
    await processes?.stopAll();
    if (claimed) releaseRunFolder(RUN);
  },
  kill: () => processes?.killAll(),
});

async function main() {
  say('Starting the portal');
  await ensureInstalled();
  if (!dev) await ensureFrontend();

  claimRunFolder(RUN);
  claimed = true;
  const aside = startAnewBeforeBaseline(RUN, portal.MIGRATIONS);
  if (aside) {
    say(
      `  ! The portal starts anew: the data of an older version, now in ${aside}, cannot be upgraded.`,
    );
  }
  processes = new Processes(join(RUN, 'logs'));
  const dataDir = join(RUN, 'data');
  mkdirSync(dataDir, { recursive: true });

  const redisUrl = process.env.REDIS_URL || (await ownRedis());
  const portalPort = await freePortFrom(Number(process.env.PORT) || 7007);
  const oidcPort = await freePortFrom(portalPort + 100);
  const frontendUrl = dev
    ? `http://localhost:${await freePortFrom(3000)}`
    : undefined;
  const env = {
    ...process.env,
    ...portal.portalEnv({
      portalPort,
      oidcPort,
      redisUrl,
      dataDir,
      frontendUrl,
      ...readOrMakeSecrets(join(RUN, 'secrets.json')),
    }),
  };
  const url = frontendUrl ?? env.PORTAL_URL;

  if (portal.hasDemo()) await sayIfWithoutPython();
  const demo =
    portal.hasDemo() && launch('demo-platform', portal.demoCommand());
  // the backend looks for its identity provider when it starts, once
  if (demo)
    await ready(
      demo,
      () => untilAnswers(env.OIDC_METADATA_URL, { timeoutMs: START_MS }),
      'Start the identity provider',
    );
  const backend = launch('backend', portal.backendCommand());
  if (dev) launch('frontend', frontendDevServer());

  await ready(
    backend,
    () =>
      untilAnswers(env.PORTAL_URL + portal.READINESS, { timeoutMs: START_MS }),
    'Start the backend',
  );
  await ready(
    backend,
    () => untilPeopleCanSignIn(env.PORTAL_URL, START_MS),
    'Read the catalog',
  );
  if (demo)
    await ready(
      demo,
      () => demo.line(portal.DEMO_READY, START_MS),
      'Start the demo platform',
    );
  if (dev)
    await step('Build the frontend', () =>
      untilAnswers(url, { timeoutMs: START_MS }),
    );

  writeNote(RUN, { pids: processes.pids, url });
  announce(url, demo);
  await processes.unexpectedEnd();

  function launch(name, { command, args, cwd }) {
    const handle = processes.start(name, command, args, { cwd, env });
    writeNote(RUN, { pids: processes.pids });
    return handle;
  }
}

async function ownRedis() {
  const { url } = await step('Start Redis', async () => {
    const redis = await startRedis(processes, {
      dir: join(RUN, 'redis'),
      keep: true,
      port: 6390,
    });
    return { ...redis, note: redis.url };
  });
  writeNote(RUN, { pids: processes.pids });
  return url;
}

/** Waits for something that a process does, no longer than the process lives. */
function ready(handle, wait, title) {
  return step(title, () =>
    Promise.race([
      wait(),
      handle.exited.then(how => {
        throw new Sentence(
          `${handle.tail()}\n\n${handle.name} ended (${how}). Its log is ${
            handle.logFile
          }.`,
        );
      }),
    ]),
  );
}

function frontendDevServer() {
  return {
    command: process.execPath,
    args: [
      inRoot('node_modules/@backstage/cli/bin/backstage-cli'),
      'package',
      'start',
      ...portal.DEMO_CONFIG.flatMap(file => ['--config', inRoot(file)]),
    ],
    cwd: inRoot('packages/app'),
  };
}

function announce(url, demo) {
  say(`
  The portal runs at  ${url}   (after ${seconds(began)})
`);
  if (demo) {
    say(`  Sign in with Craft Easy SSO as one of
    vera.viewer      sees everything, changes nothing
    oskar.operator   runs, cancels, retries
    ada.admin        may do everything
    alva.admin       too: the second pair of eyes, where ada.admin needs one
    fia.finance      runs the jobs of finance
    tim.tenant       sees one tenant, nordic-gym
`);
  } else {
    say('  Enter as Guest (a viewer).\n');
  }
  say(`  Logs are in ${processes.logDir}. Ctrl-C stops it all.`);
}

/** The demo platform starts without its service in Python where that cannot run. */
async function sayIfWithoutPython() {
  const problem = await ensurePythonOfService();
  if (problem !== undefined) {
    say(`  ! The demo platform has no jobs in Python: ${problem}`);
  }
}
