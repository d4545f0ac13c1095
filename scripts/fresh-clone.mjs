/**
 * `npm run fresh-clone`, the test [jobs.1]: what somebody meets who has just cloned the
 * repository. In a clone in a temporary folder, with an empty home folder and nothing running:
 * `npm start` to a working page and Ctrl-C, then `npm test`. Prints the minutes of each. Needs
 * the registry, and half an hour. `-- --start` leaves the tests out; uncommitted changes are not
 * in the clone.
 */
import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runCommand } from './lib/lifecycle.mjs';
import { Sentence, say } from './lib/log.mjs';
import { ROOT, TOOLS, inRoot } from './lib/paths.mjs';
import { signalGroup } from './lib/processId.mjs';
import { execute } from './lib/execute.mjs';

/** From the environment: the way to the network, and nothing else of ours. */
const KEPT =
  /^(https?_proxy|no_proxy|node_extra_ca_certs|npm_config_registry|yarn_npm_registry_server|lang|term|tmpdir)$/i;

const GONE_MS = 20_000;

const startOnly = process.argv.includes('--start');
const dir = mkdtempSync(join(tmpdir(), 'operations-fresh-'));
const clone = join(dir, 'clone');
let child;

await runCommand(main, {
  async stop() {
    if (child) signalGroup(child.pid, 'SIGTERM');
    await untilNothingRunsIn(clone).catch(() => {});
    rmSync(dir, { recursive: true, force: true });
  },
  kill: () => child && signalGroup(child.pid, 'SIGKILL'),
});

async function main() {
  mkdirSync(join(dir, 'home'));
  await execute('git', ['clone', '-q', `file://${ROOT}`, clone], { cwd: dir });

  const started = await timed(start);
  say(`\n[jobs.1] npm start, to a working page: ${started} min\n`);
  if (startOnly) return 0;

  const tested = await timed(test);
  say(`\n[jobs.1] npm start, to a working page: ${started} min`);
  say(`[jobs.1] npm test: ${tested} min`);
  return 0;
}

async function start() {
  const { output, exited } = npm(['start']);
  const url = await Promise.race([
    output(/The portal runs at\s+(http:\S+)/),
    exited.then(code => {
      throw new Sentence(`npm start ended with ${code}.`);
    }),
  ]);
  await checkPage(url);
  const time = Date.now();
  // as Ctrl-C in a terminal: everybody in the foreground hears it
  signalGroup(child.pid, 'SIGINT');
  await exited;
  await untilNothingRunsIn(clone);
  return time;
}

/** The page, its script, and the way to the identity provider. */
async function checkPage(url) {
  const page = await (await fetch(url)).text();
  const script = /src="([^"]+\.js)"/.exec(page)?.[1];
  if (!script) throw new Sentence(`No page at ${url}:\n${page}`);
  await expectStatus(new URL(script, url), 200);
  const signIn = new URLSearchParams({ env: 'development', scope: 'openid' });
  const chooser = await fetchAsBrowser(`${url}/api/auth/oidc/start?${signIn}`);
  if (!chooser.text.includes('oskar.operator')) {
    throw new Sentence(`Nobody to sign in as behind ${chooser.url}.`);
  }
  // and who is nobody sees nothing
  await expectStatus(`${url}/api/operations/v1/jobs`, 401);
}

/** Follows redirects with the cookies that they set, which an identity provider needs. */
async function fetchAsBrowser(address) {
  const cookies = new Map();
  let url = address;
  for (;;) {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies.values()].join('; ') },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const pair = cookie.split(';')[0];
      cookies.set(pair.split('=')[0], pair);
    }
    const text = await answer.text();
    const next = answer.headers.get('location');
    if (!next) return { url, text };
    url = new URL(next, url).href;
  }
}

async function expectStatus(url, status) {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  if (answer.status !== status) {
    throw new Sentence(`${url} answered ${answer.status}, not ${status}.`);
  }
}

async function test() {
  const { output, exited } = npm(['test']);
  const last = output(/^(\d+ passed, 0 failed)$/m);
  const code = await exited;
  if (code !== 0) throw new Sentence(`npm test ended with ${code}.`);
  await last;
  await untilNothingRunsIn(clone);
  return Date.now();
}

async function timed(work) {
  const began = Date.now();
  return (((await work()) - began) / 60_000).toFixed(1);
}

function npm(args) {
  child = spawn('npm', args, {
    cwd: clone,
    env: bareEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', data => {
    text += data;
    process.stdout.write(data);
  });
  const exited = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve(code));
  });
  const output = pattern =>
    new Promise(resolve => {
      const look = () => {
        const match = pattern.exec(text);
        if (match) resolve(match[1]);
      };
      child.stdout.on('data', look);
      look();
    });
  return { output, exited };
}

function bareEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name));
  // the machine's own programs: none of ours
  const ours = [TOOLS, inRoot('node_modules')];
  const path = process.env.PATH.split(delimiter).filter(
    folder => !ours.some(our => folder.startsWith(our)),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: join(dir, 'home'),
    PATH: path.join(delimiter),
  };
}

/** Waits until no process is left that works in a folder, or was started from there. */
async function untilNothingRunsIn(folder) {
  const end = Date.now() + GONE_MS;
  let left;
  do {
    left = readdirSync('/proc').filter(
      pid => /^\d+$/.test(pid) && commandLine(pid).includes(folder),
    );
    if (left.length === 0) return;
    await new Promise(resolve => setTimeout(resolve, 250));
  } while (Date.now() < end);
  throw new Sentence(
    `Still running:\n${left
      .map(pid => `${pid} ${commandLine(pid)}`)
      .join('\n')}`,
  );
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // ended while we looked
    return '';
  }
}
