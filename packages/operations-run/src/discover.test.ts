import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

jest.setTimeout(60_000);

const PACKAGE = resolve(__dirname, '..');
const FIXTURES = resolve(__dirname, '__fixtures__');
const OWNER = ['--owner', 'group:default/data'];
const URL_OPTION = ['--url', 'https://portal.example.com'];

describe('operations-run discover', () => {
  let dir: string;
  let machine: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'operations-discover-'));
    machine = join(dir, 'machine');
    cpSync(join(FIXTURES, 'machine'), machine, { recursive: true });
    chmodSync(join(machine, 'var/spool/cron/crontabs/anna'), 0o600);
    const wants = join(machine, 'etc/systemd/system/timers.target.wants');
    mkdirSync(wants);
    for (const timer of ['reindex', 'odd', 'sweep', 'two']) {
      symlinkSync(`/anywhere/${timer}.timer`, join(wants, `${timer}.timer`));
    }
    mkdirSync(join(dir, 'bin'));
    symlinkSync(
      join(PACKAGE, 'bin/operations-run-discover.mjs'),
      join(dir, 'bin/operations-run-discover'),
    );
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** As npx runs it: by the shell file, with the programs of the package in the path. */
  const discover = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      'sh',
      [
        join(PACKAGE, 'bin/operations-run'),
        ...['discover', '--root', machine, ...args],
      ],
      {
        cwd: dir,
        encoding: 'utf8',
        env: { PATH: `${join(dir, 'bin')}:${process.env.PATH}` },
      },
    );
    return { status, stdout, stderr };
  };
  /** Every file with its bytes, its mode, and when it was changed. */
  const stateOf = (folder: string) =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true, withFileTypes: true }).map(
        entry => {
          const file = join(entry.parentPath, entry.name);
          const { mode, mtimeMs, ino } = lstatSync(file);
          const bytes = entry.isFile() ? readFileSync(file, 'latin1') : '';
          return [relative(folder, file), { mode, mtimeMs, ino, bytes }];
        },
      ),
    );
  const golden = (name: string) => readFileSync(join(FIXTURES, name), 'utf8');

  it('[checkin.1] proposes wrapped lines and entities for crontabs and timers, and changes not a byte', () => {
    const before = stateOf(dir);
    const { status, stdout, stderr } = discover(...OWNER, ...URL_OPTION);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(golden('proposal.diff'));
    expect(stateOf(dir)).toEqual(before);
  });

  it('[checkin.1] writes with --write alone, keeps modes, and finds nothing more to write then', () => {
    const before = stateOf(machine);
    expect(discover('--write', ...OWNER, ...URL_OPTION).status).toBe(0);
    const after = stateOf(machine);
    for (const [name, { mode }] of Object.entries(before)) {
      expect([name, after[name].mode]).toEqual([name, mode]);
    }
    const changed = Object.keys(after).filter(
      name => after[name].bytes !== (before[name]?.bytes ?? ''),
    );
    expect(changed.sort()).toEqual([
      'etc/cron.d/exports',
      'etc/crontab',
      'etc/systemd/system/odd.service.d/operations-run.conf',
      'etc/systemd/system/reindex.service.d/operations-run.conf',
      'etc/systemd/system/sweeper.service.d/operations-run.conf',
      'var/spool/cron/crontabs/anna',
    ]);
    for (const name of ['etc/crontab', 'etc/cron.d/exports']) {
      expect(after[name].bytes).toBe(golden(`wrapped/${name}`));
    }
    const entities = readFileSync(join(dir, 'operations-jobs.yaml'), 'utf8');
    expect(entities).toBe(golden('operations-jobs.yaml.golden'));

    const written = stateOf(dir);
    const again = discover('--write', ...OWNER, ...URL_OPTION);
    expect(again.stdout).toContain('Nothing is to be wrapped');
    expect(stateOf(dir)).toEqual(written);
  });

  it('keeps what a team has made of its entities, and adds those that are new', () => {
    const file = join(dir, 'operations-jobs.yaml');
    const own = [
      '# ours',
      'kind: Resource',
      'metadata:',
      '  annotations: { operations.craft-easy.io/job: checkin/backup }',
    ].join('\n');
    writeFileSync(file, own);
    discover('--write', ...OWNER);
    const text = readFileSync(file, 'utf8');
    expect(text.startsWith(`${own}\n---\n`)).toBe(true);
    expect(text.match(/job: checkin\/backup\b(?!-)/g)).toHaveLength(1);
    expect(text).toContain('job: checkin/report');
  });

  it('[checkin.3] wraps so that cron runs the same command with the same input', () => {
    const runner = join(dir, 'runner');
    writeFileSync(
      runner,
      '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n',
    );
    chmodSync(runner, 0o755);
    const crontab = join(machine, 'etc/cron.d/exports');
    const commands = [
      String.raw`printf '[\%s]' "it's" 'a b' "\$HOME" 'x\\'; echo $((1+1))`,
      String.raw`cat; echo "$(date +\%Y)" >&2; exit 3%one\%two%three`,
      '/bin/echo plain --x=1',
      "FOO='a b' sh -c 'echo \"$FOO\"' | tr a-z A-Z && ! false",
    ];
    const lines = (list: string[]) => list.map(c => `* * * * * root ${c}`);
    writeFileSync(crontab, `${lines(commands).join('\n')}\n`);
    discover('--write', '--program', runner, ...OWNER);
    const wrapped = readFileSync(crontab, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => line.slice('* * * * * root '.length));
    expect(wrapped.every(each => each.startsWith(runner))).toBe(true);
    expect(wrapped.map(asCron)).toEqual(commands.map(asCron));
    expect(asCron(commands[1])).toMatchObject({
      ...{ status: 3, stdout: 'one%two\nthree\n' },
    });
  });

  it('names what it does not touch, and refuses options that it does not know', () => {
    symlinkSync('/etc/passwd', join(machine, 'etc/cron.d/link'));
    writeFileSync(join(machine, 'etc/cron.d/odd'), Buffer.from([0xff, 0x0a]));
    const { stdout } = discover();
    expect(stdout).toContain('# etc/cron.d/link stays: it is no plain file');
    expect(stdout).toContain('# etc/cron.d/odd stays: it is not in UTF-8');
    const wrong: Array<[string[], string]> = [
      [['--writ'], "'--writ'"],
      [['--write'], '--write needs --owner'],
      [['--owner', 'data'], '--owner data'],
      [['--program', '/x y'], '--program /x y'],
      [['--url', 'portal'], '--url portal'],
    ];
    for (const [args, said] of wrong) {
      const { status, stderr } = discover(...args);
      expect([status, stderr]).toEqual([64, expect.stringContaining(said)]);
    }
  });

  it('leaves timers alone that nobody has enabled', () => {
    rmSync(
      join(machine, 'etc/systemd/system/timers.target.wants/reindex.timer'),
    );
    const { stdout } = discover();
    expect(stdout).not.toContain('reindex');
    expect(stdout).toContain('sweeper');
  });

  it('neither reads nor writes where a folder is a link that leads out of the root', () => {
    const other = join(dir, 'other');
    cpSync(join(machine, 'etc/cron.d'), other, { recursive: true });
    const service = join(dir, 'reindex.service.d');
    mkdirSync(service);
    rmSync(join(machine, 'etc/cron.d'), { recursive: true });
    symlinkSync(other, join(machine, 'etc/cron.d'));
    symlinkSync(service, join(machine, 'etc/systemd/system/reindex.service.d'));
    const before = [stateOf(other), stateOf(service)];
    const { status, stdout } = discover('--write', ...OWNER);
    expect([stateOf(other), stateOf(service)]).toEqual(before);
    expect(stdout).toContain('etc/cron.d is a link that leads out of');
    expect(status).toBe(1);
  });

  it('is said to come with the package where only the shell file is', () => {
    const { status, stderr } = spawnSync(
      'sh',
      [join(PACKAGE, 'bin/operations-run'), 'discover'],
      { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } },
    );
    expect([status, stderr]).toEqual([
      64,
      'operations-run: npx @craft-easy/operations-run discover\n',
    ]);
  });
});

/** What cron does with a command, as do_command.c of Vixie's says. */
function asCron(text: string) {
  const [command, ...input] = text
    .replace(/\\([%\\])|%/g, (_, escaped) => escaped ?? '\0')
    .split('\0');
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], {
    encoding: 'utf8',
    input: input.length > 0 ? `${input.join('\n')}\n` : '',
    env: { HOME: '/root', SHELL: '/bin/sh', PATH: '/usr/bin:/bin' },
  });
  return { status, stdout, stderr };
}
