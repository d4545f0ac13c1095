/**
 * `npm run foreign-portals`, the test [portal.1]: the packages in a portal that somebody else made.
 * Packs them as a release does, makes a portal with `create-app` in a temporary folder, installs
 * the packages as the README says with the README's own code, starts a worker beside it, and opens
 * everything that the packages show. By default a portal on the new frontend system, of the
 * release that `create-app` writes; `-- --newest` with the newest packages of Backstage,
 * `-- --legacy` on the legacy frontend system, `-- --all` the three that are promised. Needs the
 * registry, and some minutes for each.
 */
import { join } from 'node:path';
import { ensureChromium } from './lib/chromium.mjs';
import { killForeground } from './lib/foreground.mjs';
import { checkPeers } from './lib/foreign/peers.mjs';
import { installPackages, makePortal } from './lib/foreign/make.mjs';
import { packPackages } from './lib/foreign/packs.mjs';
import { servePortal } from './lib/foreign/serve.mjs';
import { visitPortal } from './lib/foreign/visit.mjs';
import { startWorkers } from './lib/foreign/worker.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { runCommand } from './lib/lifecycle.mjs';
import { Sentence, say, seconds, step } from './lib/log.mjs';
import { ensureNode } from './lib/node.mjs';
import { RUN } from './lib/paths.mjs';
import { Processes } from './lib/processes.mjs';
import { startRedis } from './lib/redis.mjs';
import { temporaryFolder } from './lib/testServices.mjs';

/** What the packages promise to work in. */
const PROMISED = [
  { newest: false, legacy: false },
  { newest: true, legacy: false },
  { newest: true, legacy: true },
];

const titleOf = ({ newest, legacy }) =>
  `${newest ? 'newest' : 'template'}-${legacy ? 'legacy' : 'new'}`;

await ensureNode();
const temporary = temporaryFolder();
const processes = new Processes(join(RUN, 'foreign-portals'));
await runCommand(main, {
  async stop() {
    killForeground();
    await processes.stopAll();
    temporary.remove();
  },
  kill() {
    killForeground();
    processes.killAll();
  },
});

async function main() {
  const asked = portalsAsked(process.argv.slice(2));
  await ensureInstalled();
  process.env.CHROMIUM_PATH = await ensureChromium();
  const packs = await step('Pack the packages', () =>
    packPackages(join(temporary.dir, 'packs')),
  );
  const rows = [];
  for (const kind of asked) rows.push(await tryPortal(kind, packs));
  report(rows);
  return 0;
}

function portalsAsked(words) {
  for (const word of words) {
    if (!['--newest', '--legacy', '--all'].includes(word)) {
      throw new Sentence(
        `${word} is no option; say --newest, --legacy or --all`,
      );
    }
  }
  if (words.includes('--all')) return PROMISED;
  return [
    {
      newest: words.includes('--newest'),
      legacy: words.includes('--legacy'),
    },
  ];
}

async function tryPortal(kind, packs) {
  const began = Date.now();
  const title = titleOf(kind);
  const dir = join(temporary.dir, title);
  say(`\n[portal.1] ${title}`);
  const portal = await step('Make the portal', () =>
    makePortal(join(dir, 'portal'), kind),
  );
  await step('Install the packages, by the README', () =>
    installPackages(portal, packs),
  );
  await step('Look for second copies and unmet peers', () =>
    checkPeers(portal),
  );
  const redis = await startRedis(processes, {
    dir: join(dir, 'redis'),
    keep: false,
  });
  const served = await step('Build and start the portal', () =>
    servePortal(processes, portal, redis.url),
  );
  const workers = await step('Start the workers of the READMEs', () =>
    startWorkers(processes, join(dir, 'worker'), packs, redis.url),
  );
  const seen = await step('Open everything in a browser', () =>
    visitPortal(served.url, { ...kind, screenshots: processes.logDir }),
  );
  for (const one of [...workers, served.handle, redis.handle]) await one.stop();
  return { title, release: portal.release, ...seen, time: seconds(began) };
}

function report(rows) {
  say('\n| portal | opened | first visit, gzipped | time |');
  say('| --- | --- | --- | --- |');
  for (const { title, release, opened, firstVisit, time } of rows) {
    const weight = `${(firstVisit / 1000).toFixed(0)} kB`;
    say(
      `| ${title} (${release}) | ${opened.join(', ')} | ${weight} | ${time} |`,
    );
  }
}
