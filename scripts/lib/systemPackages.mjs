/** Gets programs from the system's own package manager, where we may. */
import { Sentence, step } from './log.mjs';
import { execute, succeeds, which } from './execute.mjs';

const QUIET = { DEBIAN_FRONTEND: 'noninteractive' };

/** How each package manager is asked: first to learn what there is, then to install. */
const MANAGERS = [
  {
    name: 'apt',
    program: 'apt-get',
    refresh: ['update', '-q'],
    install: ['install', '-q', '-y', '--no-install-recommends'],
    root: true,
  },
  {
    name: 'apk',
    program: 'apk',
    refresh: ['update'],
    install: ['add'],
    root: true,
  },
  { name: 'dnf', program: 'dnf', install: ['install', '-y'], root: true },
  { name: 'brew', program: 'brew', install: ['install'], root: false },
];

let refreshed = false;

/**
 * Installs what gives us a program.
 * @param {string} what - for people, as in "Redis"
 * @param {Record<string, Array<string | string[]>>} packages - by package manager, alternatives in
 *   the order to try them; an alternative may be several packages
 * @param {string} hint - what to do where this is not possible; a whole sentence
 */
export async function installSystemPackage(what, packages, hint) {
  const manager = MANAGERS.find(
    ({ name, program }) => packages[name] && which(program),
  );
  if (!manager) throw new Sentence(hint);
  const prefix = await prefixFor(manager);
  if (!prefix) throw new Sentence(hint);

  await step(`Install ${what} with ${manager.program}`, async () => {
    const call = args =>
      execute(...command([...prefix, which(manager.program), ...args]), {
        env: { ...process.env, ...QUIET },
      });
    if (manager.refresh && !refreshed) {
      await call(manager.refresh);
      refreshed = true;
    }
    let last;
    for (const name of packages[manager.name]) {
      try {
        await call([...manager.install, ...[name].flat()]);
        return;
      } catch (error) {
        last = error;
      }
    }
    throw new Sentence(`${last.message}\n${hint}`);
  });
}

function command([program, ...args]) {
  return [program, args];
}

/** What to put before a command so that it may install; undefined where nothing helps. */
async function prefixFor({ root }) {
  const amRoot = process.getuid?.() === 0;
  if (!root) return amRoot ? undefined : [];
  if (amRoot) return [];
  const sudo = which('sudo');
  // -n: never ask for a password, there may be nobody to give it
  if (!sudo || !(await succeeds(sudo, ['-n', 'true']))) return undefined;
  return [sudo, '-n', ...Object.entries(QUIET).map(([k, v]) => `${k}=${v}`)];
}
