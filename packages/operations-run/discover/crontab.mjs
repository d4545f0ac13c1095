/** Crontabs, as crontab(5) of Debian's cron and of cronie describes them. */
import { scheduleArguments, shellWord } from './words.mjs';

const NICKNAMES = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

const VARIABLE = /^[ \t]*(?:"([^"]*)"|'([^']*)'|([A-Za-z_]\w*))[ \t]*=(.*)$/;
/** cron cuts a command that is longer. */
const MAX_COMMAND = 990;

/**
 * Reads a crontab.
 *
 * @param {string} path - below the root
 * @param {string} text
 * @param {string | undefined} user - whose crontab it is; absent: its lines name one
 */
export function readCrontab(path, text, user) {
  const lines = text.split('\n').map(line => readLine(line, user));
  let timezone;
  const jobs = [];
  for (const line of lines) {
    if (line.variable === 'CRON_TZ') timezone = line.value;
    if (!line.command) continue;
    Object.assign(line, { file: path.split('/').at(-1), path, timezone });
    Object.assign(line, { firedBy: 'cron' }, wrapped(line.command));
    jobs.push(line);
  }
  return { path, text, lines, jobs, notes: [] };
}

function readLine(text, user) {
  const variable = VARIABLE.exec(text);
  if (variable) {
    const [, double, single, bare, value] = variable;
    const plain = value.trim().replace(/^(["'])(.*)\1$/, '$2');
    return { text, variable: double ?? single ?? bare, value: plain };
  }
  const start = text.trimStart();
  // a minute, a nickname, or the sign of SUSE's that keeps the line out of its log
  if (!/^[\d*@-]/.test(start)) return { text };
  const words = takeWords(text, start.startsWith('@') ? 1 : 5);
  const named = words && user === undefined ? takeWords(words.rest, 1) : words;
  if (!named || named.rest.trim() === '') return { text };
  const fields = words.taken
    .trim()
    .split(/[ \t]+/)
    .join(' ')
    .replace(/^-/, '');
  const command = named.rest.trimStart();
  const at = text.length - command.length;
  return {
    text,
    head: text.slice(0, at),
    // what follows the first % is the command's standard input
    command: command.slice(0, endOfCommand(command)).trimEnd(),
    tail: command.slice(endOfCommand(command)),
    schedule: fields.startsWith('@') ? NICKNAMES[fields] : plainFields(fields),
    user: user ?? named.taken.trim(),
  };
}

/** A number of words from the start of a text, and what follows. */
function takeWords(text, count) {
  let at = 0;
  const skip = isBlank => {
    while (at < text.length && /[ \t]/.test(text[at]) === isBlank) at += 1;
  };
  skip(true);
  for (let i = 0; i < count; i += 1) {
    const before = at;
    skip(false);
    if (at === before) return undefined;
    skip(true);
  }
  return { taken: text.slice(0, at), rest: text.slice(at) };
}

/** Where the command ends: at the first `%` that no backslash escapes. */
function endOfCommand(text) {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '%') return at;
    if (text[at] === '\\') at += 1;
  }
  return text.length;
}

/** Five fields that any cron reads alike; `~` of cronie draws a time. */
function plainFields(fields) {
  return /^[\w*,/ -]+$/.test(fields) ? fields : undefined;
}

/** What a line says that is wrapped already: the name of its job. */
function wrapped(command) {
  if (!/(^|[\s/])operations-run\s/.test(command)) return {};
  const [, name] = /\s--job[ =]["']?([\w.:-]+)/.exec(command) ?? [];
  return { isWrapped: true, isLeft: name === undefined, name };
}

/** A crontab with each of its commands wrapped; what is wrapped already stays as it is. */
export function wrapCrontab({ path, text, lines }, settings) {
  const notes = [];
  let hasUrl = !settings.url;
  const after = [];
  for (const line of lines) {
    if (line.variable === 'OPERATIONS_URL') hasUrl = true;
    const next = line.command && !line.isWrapped && wrapLine(line, settings);
    if (next && next.length - line.head.length > MAX_COMMAND) {
      notes.push(`${path}: ${line.name} stays: cron cuts a line that long`);
      line.isLeft = true;
    }
    if (!next || line.isLeft) {
      after.push(line.text);
      continue;
    }
    if (!hasUrl) after.push(`OPERATIONS_URL=${settings.url}`);
    hasUrl = true;
    after.push(next);
  }
  return { path, before: text, after: after.join('\n'), notes };
}

function wrapLine(line, settings) {
  const { head, command, tail } = line;
  // a shell is needed by whatever is more than a program with plain arguments
  const isPlain = /^\/[\w@+:,./-]*(?: [\w@+=:,./-]+)*$/.test(command);
  const words = [
    ...[settings.program, '--job', line.name],
    ...scheduleArguments(line, settings),
    '--',
  ].map(shellWord);
  const run = isPlain
    ? command
    : `"\${SHELL:-/bin/sh}" -c '${command.replaceAll("'", "'\\''")}'`;
  return `${head}${words.join(' ')} ${run}${tail}`;
}
