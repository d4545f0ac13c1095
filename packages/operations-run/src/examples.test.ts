/** The examples of docs/checkin.md do what the page says. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { documentedBlocks, documentedFile } from './__testUtils__/documents';
import { startReceiver } from './__testUtils__/portal';
import cloudRunJob from './__testUtils__/cloudRunJob.schema.json';
import cronJob from './__testUtils__/cronJob.schema.json';

jest.setTimeout(120_000);

const PACKAGE = resolve(__dirname, '..');
const WRAPPER = join(PACKAGE, 'bin/operations-run');
const TOKEN = 'a-token-of-the-tests';
/** cron itself, where it is installed and we may start it where it touches nothing else. */
const CRON = ['/usr/sbin/cron', process.env.CRON ?? ''].find(
  program =>
    program !== '' &&
    spawnSync('unshare', ['--mount', 'test', '-x', program]).status === 0,
);

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let dir: string;

beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'operations-examples-'));
  receiver.received.length = 0;
  writeFileSync(
    join(dir, 'backup.sh'),
    '#!/bin/sh\necho copied; echo full >&2; exit 4\n',
    { mode: 0o755 },
  );
  writeFileSync(join(dir, 'header'), `authorization: Bearer ${TOKEN}\n`);
  writeFileSync(join(dir, 'token'), `${TOKEN}\n`);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A block with what is on this machine, instead of what is on the reader's. */
const here = (text: string) =>
  text
    .replaceAll('https://portal.example.com', receiver.url)
    .replaceAll('/usr/local/bin/operations-run', WRAPPER)
    .replaceAll('/usr/local/bin/backup.sh', join(dir, 'backup.sh'))
    .replaceAll('/tmp/backup.log', join(dir, 'backup.log'))
    .replaceAll('/etc/operations-run/header', join(dir, 'header'));

/** The one report of a run's end. */
async function reported(path: string) {
  const ends = () => receiver.received.filter(each => each.path.endsWith(path));
  await until(() => ends().length > 0, { withinMs: 90_000 });
  const [{ fields, authorization }] = ends();
  expect(authorization).toBe(`Bearer ${TOKEN}`);
  const lines = fields.log.trim().split('\n');
  return { ...fields, log: lines.sort() };
}

/**
 * Runs a crontab of /etc/cron.d: by cron, which begins at the next minute, or as cron does, with
 * its shell, its environment and the crontab's own.
 */
function startCrontab(crontab: string) {
  if (CRON) {
    mkdirSync(join(dir, 'cron.d'));
    mkdirSync(join(dir, 'run'));
    writeFileSync(join(dir, 'cron.d/backup'), crontab);
    const begin = [
      'mount --bind "$1/cron.d" /etc/cron.d',
      'mount -t tmpfs none /var/spool && mkdir -p /var/spool/cron/crontabs',
      'mount --bind "$1/run" /run && exec "$2" -f',
    ].join(' && ');
    return spawn('unshare', ['--mount', 'sh', '-c', begin, 'sh', dir, CRON]);
  }
  const lines = crontab.split('\n').filter(line => /^[^#\s]/.test(line));
  const command = lines.at(-1)!.replace(/^(\S+ +){6}/, '');
  const variables = lines.slice(0, -1).map(line => line.split(/=(.*)/));
  return spawn('/bin/sh', ['-c', command.replaceAll('\\%', '%')], {
    env: {
      ...{ HOME: dir, LOGNAME: 'root', PATH: '/usr/bin:/bin' },
      ...{ SHELL: '/bin/sh', ...Object.fromEntries(variables) },
    },
  });
}

const WORKFLOW = documentedFile('yml', '.github/workflows/release.yml');
const CRONTABS = documentedBlocks('crontab');

describe('the examples of the document', () => {
  it.each([
    [' curl ', '/checkin/db-backup'],
    ['/operations-run --job', '/checkin/db-backup/finish'],
  ])(
    `[checkin.1] are crontabs that report a run, with %s, ${
      CRON ? 'by cron' : 'as cron does it'
    }`,
    async (program, path) => {
      const text = CRONTABS.find(each => each.includes(program))!;
      const variables = [
        `OPERATIONS_TOKEN_FILE=${join(dir, 'token')}`,
        `OPERATIONS_SPOOL=${join(dir, 'spool')}`,
      ];
      const minutely = here(text).replace(
        /^15 2 \* \* \* root/m,
        '* * * * * root',
      );
      const cron = startCrontab(`${variables.join('\n')}\n${minutely}`);
      try {
        expect(await reported(path)).toMatchObject({
          ...{ exitCode: '4', schedule: '15 2 * * *' },
          log: ['copied', 'full'],
        });
      } finally {
        cron.kill();
        if (cron.exitCode === null && cron.signalCode === null) {
          await once(cron, 'close');
        }
      }
    },
  );

  it('[checkin.1] are units that systemd takes, whose command reports a run', async () => {
    const root = join(dir, 'root');
    const program = join(root, 'usr/local/bin/operations-run');
    mkdirSync(dirname(program), { recursive: true });
    copyFileSync(WRAPPER, program);
    const units = join(root, 'etc/systemd/system');
    mkdirSync(units, { recursive: true });
    // what every machine has
    for (const target of [
      'sysinit',
      'basic',
      'shutdown',
      'time-set',
      'timers',
    ]) {
      writeFileSync(join(units, `${target}.target`), '[Unit]\n');
    }
    const names = ['backup.service', 'backup.timer'];
    for (const name of names) {
      const text = documentedFile('ini', `/etc/systemd/system/${name}`);
      writeFileSync(join(units, name), text);
    }
    const verified = spawnSync(
      'systemd-analyze',
      ['verify', `--root=${root}`, ...names],
      { encoding: 'utf8' },
    );
    // where there is no systemd, the command below is what is tried
    const isMissing = verified.error !== undefined;
    expect(isMissing ? '' : verified.stderr).toBe('');
    expect(isMissing ? 0 : verified.status).toBe(0);
    const service = documentedFile('ini', '/etc/systemd/system/backup.service');
    const [, command] = /^ExecStart=(.*)$/m.exec(here(service))!;
    const [, variable] = /^Environment=(.*)$/m.exec(here(service))!;
    const { status } = spawnSync('sh', ['-c', command], {
      env: {
        ...{ PATH: process.env.PATH, OPERATIONS_TOKEN: TOKEN },
        ...Object.fromEntries([variable.split(/=(.*)/)]),
        OPERATIONS_SPOOL: join(dir, 'spool'),
      },
    });
    expect(status).toBe(4);
  });

  it('[checkin.1] are a step of a pipeline whose line bash runs, by npx', async () => {
    const { env, jobs } = parse(WORKFLOW);
    const [step] = jobs.release.steps;
    // npx takes what is installed
    writeFileSync(join(dir, 'package.json'), '{ "name": "pipeline" }');
    mkdirSync(join(dir, 'node_modules/.bin'), { recursive: true });
    mkdirSync(join(dir, 'node_modules/@craft-easy'));
    const installed = join(dir, 'node_modules/@craft-easy/operations-run');
    symlinkSync(PACKAGE, installed);
    symlinkSync(
      join(installed, 'bin/operations-run'),
      join(dir, 'node_modules/.bin/operations-run'),
    );
    copyFileSync(join(dir, 'backup.sh'), join(dir, 'release-notes.sh'));
    const child = spawn('bash', ['-e', '-c', step.run], {
      cwd: dir,
      env: {
        ...{ PATH: process.env.PATH, HOME: dir },
        ...{ GITHUB_RUN_ID: '17', GITHUB_RUN_ATTEMPT: '2' },
        OPERATIONS_URL: here(env.OPERATIONS_URL),
        OPERATIONS_TOKEN: env.OPERATIONS_TOKEN.replace(
          '${{ secrets.OPERATIONS_TOKEN }}',
          TOKEN,
        ),
        OPERATIONS_SPOOL: join(dir, 'spool'),
      },
    });
    child.stdout.resume();
    child.stderr.resume();
    const [code] = await once(child, 'close');
    expect(code).toBe(4);
    expect(await reported('/checkin/release-notes/finish')).toMatchObject({
      ...{ run: '17-2', exitCode: '4', log: ['copied', 'full'] },
    });
  });

  it.each([
    [
      'backup.yaml',
      cronJob,
      ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
    ],
    ['job.yaml', cloudRunJob, ['spec', 'template', 'spec', 'template', 'spec']],
  ])(
    '[checkin.1] are a manifest %s as its schema wants it, whose command reports a run',
    async (name, schema, path) => {
      const manifest = parse(documentedFile('yml', name));
      const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
        schema,
      );
      validate(manifest);
      expect(validate.errors).toBeNull();
      const pod = path.reduce((value, key) => value[key], manifest);
      const [container] = pod.containers;
      expect(container.env[1]).toMatchObject({ name: 'OPERATIONS_TOKEN' });
      const { command } = container;
      const { status } = spawnSync(
        WRAPPER,
        [...command.slice(1, -1), join(dir, 'backup.sh')],
        {
          env: {
            ...{ PATH: process.env.PATH, OPERATIONS_TOKEN: TOKEN },
            OPERATIONS_URL: here(container.env[0].value),
            OPERATIONS_SPOOL: join(dir, 'spool'),
          },
        },
      );
      expect([command[0], status]).toEqual(['operations-run', 4]);
      // a wrong field is found
      container.comand = command;
      expect(validate(manifest)).toBe(false);
    },
  );

  it('[checkin.1] cost a job one line, and a machine two', () => {
    const blocks = [
      ...CRONTABS,
      WORKFLOW,
      documentedBlocks('sh').find(text =>
        text.includes('operations-run --job'),
      )!,
    ];
    for (const block of blocks) {
      const lines = block.split('\n').filter(line => !/^# /.test(line));
      const count = (pattern: RegExp) =>
        lines.filter(line => pattern.test(line)).length;
      expect(count(/ curl |operations-run --job/)).toBe(1);
      expect(count(/^\s*(export )?OPERATIONS_\w+[:=]/)).toBeLessThan(3);
    }
  });
});
