/** Timers of systemd, as systemd.timer(5), systemd.time(7) and systemd.service(5) describe them. */
import { scheduleArguments } from './words.mjs';

/** What comes first counts: the machine's own units before those of packages. */
const FOLDERS = ['etc/systemd/system', 'usr/lib/systemd/system'];
const DROP_IN = 'operations-run.conf';

const NICKNAMES = {
  minutely: '* * * * *',
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  weekly: '0 0 * * 1',
  monthly: '0 0 1 * *',
  quarterly: '0 0 1 1,4,7,10 *',
  semiannually: '0 0 1 1,7 *',
  yearly: '0 0 1 1 *',
  annually: '0 0 1 1 *',
};

const UNITS = { '': 's', s: 's', sec: 's', second: 's', seconds: 's' };
Object.assign(UNITS, { m: 'm', min: 'm', minute: 'm', minutes: 'm' });
Object.assign(UNITS, { h: 'h', hr: 'h', hour: 'h', hours: 'h' });
Object.assign(UNITS, { d: 'd', day: 'd', days: 'd' });

/** The values of a unit file, by `Section.Key`; an empty value takes back those before it. */
export function readUnit(text) {
  const values = new Map();
  let section = '';
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  for (const line of lines.map(each => each.trim())) {
    const [, header] = /^\[([^\]]*)\]$/.exec(line) ?? [];
    const at = line.indexOf('=');
    if (header !== undefined) section = header;
    else if (at > 0 && !/^[#;]/.test(line)) {
      const key = `${section}.${line.slice(0, at).trim()}`;
      const value = line.slice(at + 1).trim();
      values.set(key, value === '' ? [] : [...(values.get(key) ?? []), value]);
    }
  }
  return values;
}

/** Names of the units that a target starts. */
function enabledUnits(root) {
  const wants = FOLDERS.flatMap(folder =>
    root
      .list(folder)
      .filter(name => /\.(wants|requires)$/.test(name))
      .map(name => `${folder}/${name}`),
  );
  return new Set(wants.flatMap(folder => root.list(folder)));
}

/** The timers of a machine that run, each with the command of its service. */
export function readTimers(root) {
  const enabled = enabledUnits(root);
  const seen = new Set();
  const found = [];
  for (const folder of FOLDERS) {
    for (const file of root.list(folder)) {
      if (!file.endsWith('.timer') || seen.has(file)) continue;
      seen.add(file);
      // packages bring many that nobody has switched on
      if (!enabled.has(file)) continue;
      const text = root.read(`${folder}/${file}`);
      if (text) found.push(readTimer(root, file, readUnit(text)));
    }
  }
  return found;
}

function readTimer(root, file, timer) {
  const service =
    timer.get('Timer.Unit')?.at(-1) ?? file.replace(/timer$/, 'service');
  const path = `${FOLDERS[0]}/${service}.d/${DROP_IN}`;
  const left = why => ({
    ...{ timer: file, path, jobs: [], notes: [`${file} stays: ${why}`] },
  });
  if (file.includes('@')) return left('it is a template');
  const text = FOLDERS.map(folder => root.read(`${folder}/${service}`)).find(
    each => each !== undefined,
  );
  if (text === undefined) return left(`there is no ${service}`);
  const unit = readUnit(text);
  const commands = unit.get('Service.ExecStart') ?? [];
  if (commands.length !== 1) {
    return left(`${service} has ${commands.length} lines ExecStart`);
  }
  const [, signs, command] = /^([-:+!@|]*)(.*)$/.exec(commands[0]);
  if (/[@|]/.test(signs))
    return left(`ExecStart of ${service} begins with ${signs}`);
  const dropIn = root.read(path);
  const job = {
    ...{ file: service.replace(/\.service$/, ''), path, command },
    ...{
      firedBy: 'systemd',
      ...scheduleOf(timer),
      ...wrapped(dropIn, command),
    },
  };
  // a unit is called by what it does
  job.command = job.file;
  return {
    ...{ timer: file, path, signs, command, unit, dropIn, jobs: [job] },
    notes: job.schedule ? [] : [`${file}: its times are no cron expression`],
  };
}

function wrapped(dropIn, command) {
  const text = dropIn ?? command;
  if (dropIn === undefined && !/(^|\/)operations-run\s/.test(text)) return {};
  const [, name] = /\s--job[ =]["']?([\w.:-]+)/.exec(text) ?? [];
  return { isWrapped: true, isLeft: name === undefined, name };
}

/** A drop-in that runs the service's command by the wrapper; the unit itself stays as it is. */
export function wrapTimer(
  { path, jobs: [job], signs, command, unit, dropIn },
  settings,
) {
  if (!job || job.isWrapped)
    return { path, before: dropIn, after: dropIn, notes: [] };
  const words = [
    ...[settings.program, '--job', job.name],
    ...scheduleArguments(job, settings),
  ].map(unitWord);
  const lines = [
    '[Service]',
    ...(settings.url ? [`Environment=OPERATIONS_URL=${settings.url}`] : []),
    // the wrapper passes the signal on to the command
    ...(unit.has('Service.KillMode') ? [] : ['KillMode=mixed']),
    'ExecStart=',
    `ExecStart=${signs}${words.join(' ')} -- ${command}`,
  ];
  return { path, before: dropIn, after: `${lines.join('\n')}\n`, notes: [] };
}

/** A word as systemd reads it. */
function unitWord(word) {
  const plain = word.replaceAll('%', '%%');
  return /^[\w@+=:,.%/-]+$/.test(plain) ? plain : `"${plain}"`;
}

function scheduleOf(timer) {
  const calendars = timer.get('Timer.OnCalendar') ?? [];
  const again = timer.get('Timer.OnUnitActiveSec') ?? [];
  if (calendars.length === 1 && again.length === 0) return cronOf(calendars[0]);
  const [, count, unit] = /^(\d{1,6}) ?([a-z]*)$/.exec(again[0] ?? '') ?? [];
  const isOnly = calendars.length === 0 && again.length === 1;
  return isOnly && UNITS[unit]
    ? { schedule: `every ${count}${UNITS[unit]}` }
    : {};
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * A calendar event as a cron expression, where there is one for it.
 * @returns {{ schedule?: string, timezone?: string }}
 */
export function cronOf(event) {
  const words = event.split(/\s+/);
  const isZone = word => /^(UTC|[A-Z][A-Za-z]+\/[A-Za-z_/+-]+)$/.test(word);
  const timezone = isZone(words.at(-1)) ? words.pop() : undefined;
  const zone = timezone && { timezone };
  if (words.length === 1 && Object.hasOwn(NICKNAMES, words[0].toLowerCase())) {
    return { schedule: NICKNAMES[words[0].toLowerCase()], ...zone };
  }
  const days = /^[A-Za-z]/.test(words[0]) ? weekdays(words.shift()) : '*';
  const date = words[0]?.includes('-') ? words.shift() : '*-*-*';
  const [time = '00:00:00', ...more] = words;
  const [hour, minute, second = '00', ...finer] = time.split(':');
  const dateFields = date.split('-');
  const year = dateFields.length === 3 ? dateFields.shift() : '*';
  const [month, day, ...odd] = dateFields;
  const isSimple =
    [more, finer, odd].every(({ length }) => length === 0) &&
    year === '*' &&
    /^0+$/.test(second) &&
    // either of them would do for cron, and both are needed for systemd
    (days === '*' || day === '*');
  const fields = [
    field(minute, 59),
    field(hour, 23),
    field(day, 31),
    field(month, 12),
  ];
  if (!isSimple || !days || fields.includes(undefined)) return {};
  return { schedule: [...fields, days].join(' '), ...zone };
}

/** `*`, `5`, `1,15`, `1..5`, `0/15` as cron writes it. */
function field(text, last) {
  const parts = (text ?? '').split(',').map(part => {
    const [, from, to, step] =
      /^(\*|\d{1,2})(?:\.\.(\d{1,2}))?(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    if (from === undefined || (from === '*' && to !== undefined))
      return undefined;
    if (from === '*') return step ? `*/${Number(step)}` : '*';
    const end = to ?? (step && last);
    const range =
      end === undefined ? Number(from) : `${Number(from)}-${Number(end)}`;
    return step ? `${range}/${Number(step)}` : `${range}`;
  });
  return parts.includes(undefined) ? undefined : parts.join(',');
}

function weekdays(text) {
  const parts = text.split(',').map(part => {
    const ends = part
      .split('..')
      .map(day => DAYS.indexOf(day.slice(0, 3).toLowerCase()));
    if (ends.includes(-1) || ends.length > 2) return undefined;
    // a week of systemd ends with Sunday, one of cron begins with it
    if (ends.length === 2 && ends[1] === 0) ends[1] = 7;
    return ends.join('-');
  });
  return parts.includes(undefined) ? undefined : parts.join(',');
}
