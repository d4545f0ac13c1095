/** Programs that only run another one, or a script: the job is called by what they run. */
const CARRIERS = new Set([
  ...['sh', 'bash', 'dash', 'zsh', 'env', 'nice', 'ionice', 'flock', 'timeout'],
  ...['python', 'python3', 'perl', 'ruby', 'node', 'php', 'sudo', 'su', 'exec'],
  ...[
    'cd',
    'test',
    'command',
    'if',
    'then',
    'chronic',
    'systemd-cat',
    'run-parts',
  ],
]);

const MAX_LENGTH = 63;

/** Names of jobs, each given once: the same lines get the same names at every look. */
export class Names {
  #taken = new Set();

  constructor(prefix) {
    this.prefix = prefix;
  }

  /** @param {string | undefined} name of a job whose line is wrapped already */
  take(name) {
    if (name !== undefined) this.#taken.add(name);
  }

  /** @param {{ command: string, file: string }} job */
  nameOf({ command, file }) {
    const base = `${this.prefix}${programOf(command) ?? slugOf(file) ?? 'job'}`;
    for (let i = 1; ; i += 1) {
      const end = i === 1 ? '' : `-${i}`;
      const name = `${base.slice(0, MAX_LENGTH - end.length)}${end}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}

/** What the first program of a command is called that does the work. */
function programOf(command) {
  const words = command.split(/[\s;&|()<>"'`]+/);
  for (const word of words) {
    if (/^[A-Za-z_.\/~]/.test(word) && !word.includes('=')) {
      const [name] = word.split('/').slice(-1);
      const isFolder = words[words.indexOf(word) - 1] === 'cd';
      const slug = slugOf(name.replace(/\.[A-Za-z0-9]{1,4}$/, ''));
      if (slug && !isFolder && !CARRIERS.has(name)) return slug;
    }
  }
  return undefined;
}

function slugOf(text) {
  const words = text.toLowerCase().split(/[^a-z0-9]+/);
  return words.filter(word => word !== '').join('-') || undefined;
}
