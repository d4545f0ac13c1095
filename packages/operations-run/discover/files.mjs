/** The files of a machine, below its root folder. */
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const CRONTABS = 'var/spool/cron/crontabs';

export class Root {
  notes = [];
  hasFailed = false;

  constructor(folder) {
    this.folder = folder;
  }

  /** Names in a folder, in order; none if there is no such folder. */
  list(path) {
    const names = this.#try(path, () => readdirSync(this.#within(path)).sort());
    return names ?? [];
  }

  /** The text of a file; undefined if there is none, or it is no plain file. */
  read(path) {
    return this.#try(path, () =>
      this.#readPlain(join(this.#within(dirname(path)), basename(path)), path),
    );
  }

  /** The text of a file that need not be below the root. */
  outside(file) {
    return this.#try(file, () => this.#readPlain(file, file));
  }

  /**
   * Where a folder is, or would be.
   * @throws Error if a link leads out of the root: what is there belongs to another machine
   */
  #within(path) {
    const root = realpathSync(this.folder);
    const isThere = at => existsSync(join(root, at));
    let there = path;
    while (!isThere(there)) there = dirname(there);
    const real = realpathSync(join(root, there));
    if (relative(root, real).split('/')[0] === '..') {
      throw new Error(`${there} is a link that leads out of ${this.folder}`);
    }
    return join(real, relative(there, path));
  }

  #readPlain(file, name) {
    const stats = lstatSync(file);
    // a link may lead out of the root, and what is written would take its place
    if (!stats.isFile()) {
      this.notes.push(`${name} stays: it is no plain file`);
      return undefined;
    }
    const bytes = readFileSync(file);
    const text = bytes.toString('utf8');
    if (Buffer.from(text, 'utf8').equals(bytes)) return text;
    this.notes.push(`${name} stays: it is not in UTF-8`);
    return undefined;
  }

  #try(name, read) {
    try {
      return read();
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') {
        this.hasFailed = true;
        this.notes.push(`${name} could not be read: ${error.message}`);
      }
      return undefined;
    }
  }

  /** The crontabs that cron reads; it ignores names with dots, such as those of old versions. */
  crontabs() {
    const isRead = name => /^[A-Za-z0-9_-]+$/.test(name);
    return [
      { path: 'etc/crontab' },
      ...this.list('etc/cron.d')
        .filter(isRead)
        .map(name => ({ path: `etc/cron.d/${name}` })),
      ...this.list(CRONTABS)
        .filter(name => !name.startsWith('.'))
        .map(user => ({ path: `${CRONTABS}/${user}`, user })),
    ];
  }

  /** The machine's time zone, by which cron and systemd tell the time. */
  timezone() {
    try {
      const target = readlinkSync(join(this.folder, 'etc/localtime'));
      const [, zone] = target.split('/zoneinfo/');
      if (zone) return zone === 'Etc/UTC' ? 'UTC' : zone;
    } catch {
      // no link: the other file says it, if any does
    }
    const zone = this.read('etc/timezone')?.trim();
    return !zone || zone === 'Etc/UTC' ? 'UTC' : zone;
  }

  write(changes) {
    for (const { path, file, before, after } of changes) {
      try {
        const target =
          file ?? join(this.#within(dirname(path)), basename(path));
        const now = file ? this.outside(file) : this.read(path);
        if (now !== before) throw new Error('it has changed meanwhile');
        if (path) mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
        replace(
          target,
          before === undefined ? undefined : lstatSync(target),
          after,
        );
      } catch (error) {
        this.hasFailed = true;
        console.error(`${file ?? path} could not be written: ${error.message}`);
      }
    }
  }
}

/** Writes a file as a whole, or not at all. cron reads no file whose name begins with a dot. */
function replace(target, stats, text) {
  const draft = join(dirname(target), `.operations-run-${process.pid}`);
  try {
    const handle = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    if (stats) chownSync(draft, stats.uid, stats.gid);
    chmodSync(draft, stats ? stats.mode % 0o10000 : 0o644);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
