/** The command line of `operations-run discover`. */
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { catalogAfter } from './catalog.mjs';
import { readCrontab, wrapCrontab } from './crontab.mjs';
import { differences } from './differences.mjs';
import { Root } from './files.mjs';
import { Names } from './names.mjs';
import { readTimers, wrapTimer } from './systemd.mjs';

const USAGE = `Usage: operations-run discover [OPTION]...

Reads the crontabs and timers of systemd of this machine, and prints what would have to change
so that each of their commands is a job of an Operations portal: the wrapped lines, and the
entities of the jobs for the catalog. It changes nothing without --write.

  --root DIR      the machine's root folder; default /
  --owner REF     owner of the jobs, such as group:default/data; needed by --write
  --prefix TEXT   what the names of the jobs begin with, such as db-
  --catalog FILE  file of the entities; default operations-jobs.yaml
  --url ADDRESS   address of the portal's backend, for the environment of the lines
  --program PATH  where operations-run is; default /usr/local/bin/operations-run
  --write         write the files, each as a whole, with its mode and owner

Exit code: 0; 1 if a file could not be read or written; 64 for a wrong option.`;

const OPTIONS = {
  root: { type: 'string', default: '/' },
  owner: { type: 'string' },
  prefix: { type: 'string', default: '' },
  catalog: { type: 'string', default: 'operations-jobs.yaml' },
  url: { type: 'string' },
  program: { type: 'string', default: '/usr/local/bin/operations-run' },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

const PATTERNS = {
  owner: /^[A-Za-z]+:[A-Za-z0-9-_.]+\/[A-Za-z0-9-_.]+$/,
  prefix: /^([A-Za-z0-9][A-Za-z0-9._-]*)?$/,
  url: /^https?:\/\/[^\s%'"\\]+$/,
  program: /^[\w@+=:,./-]+$/,
};

/** @throws Error that names the wrong option */
function readOptions(args) {
  const { values } = parseArgs({ args, options: OPTIONS, strict: true });
  for (const [name, pattern] of Object.entries(PATTERNS)) {
    const value = values[name];
    if (value !== undefined && !pattern.test(value)) {
      throw new Error(`--${name} ${value}: is not of the form that it needs`);
    }
  }
  if (values.write && values.owner === undefined) {
    throw new Error(
      '--write needs --owner: the jobs get it from their entities',
    );
  }
  return values;
}

/** @returns {number} exit code */
export function main(args) {
  let options;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`operations-run discover: ${error.message}`);
    return 64;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  return discover(options);
}

function discover(options) {
  const root = new Root(options.root);
  const host =
    root.read('etc/hostname')?.trim() ||
    (options.root === '/' ? hostname() : undefined);
  const settings = { ...options, host, timezone: root.timezone() };
  const found = [
    ...root.crontabs().flatMap(({ path, user }) => {
      const text = root.read(path);
      return text === undefined ? [] : [readCrontab(path, text, user)];
    }),
    ...readTimers(root),
  ];
  const notes = found.flatMap(({ notes: own }) => own);
  // the names that are taken count before new ones are made
  const names = new Names(options.prefix);
  for (const { jobs } of found) jobs.forEach(job => names.take(job.name));
  const changes = [];
  for (const { jobs } of found) {
    for (const job of jobs) {
      if (!job.isLeft) job.name ??= names.nameOf(job);
    }
  }
  for (const one of found) {
    const change = one.timer
      ? wrapTimer(one, settings)
      : wrapCrontab(one, settings);
    notes.push(...change.notes);
    if (change.after !== change.before) changes.push(change);
  }
  const jobs = found.flatMap(one => one.jobs).filter(({ isLeft }) => !isLeft);
  const catalog = root.outside(options.catalog);
  const { after, notes: more } = catalogAfter(catalog, jobs, settings);
  notes.push(...more);
  if (after !== (catalog ?? '')) {
    changes.push({ file: options.catalog, before: catalog, after });
  }
  print(options, changes, [...notes, ...root.notes]);
  if (options.write) root.write(changes);
  return root.hasFailed ? 1 : 0;
}

function print({ root, write, url, owner }, changes, notes) {
  for (const { path, file, before, after } of changes) {
    const name = file ?? relative('/', join('/', path));
    console.log(write ? `Writes ${name}` : differences(name, before, after));
  }
  if (changes.length === 0) console.log(`Nothing is to be wrapped in ${root}`);
  for (const note of notes) console.log(`# ${note}`);
  if (!owner && changes.length > 0) {
    console.log('# The entities need an owner: see --owner');
  }
  if (!url && changes.length > 0) {
    console.log(
      '# The lines need OPERATIONS_URL in their environment: see --url',
    );
  }
}
