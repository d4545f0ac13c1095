import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { startReceiver } from './__testUtils__/portal';

jest.setTimeout(300_000);

const WRAPPER = resolve(__dirname, '../bin/operations-run');
const TOKEN = 'a-token-of-the-tests';

type Receiver = Awaited<ReturnType<typeof startReceiver>>;

describe('operations-run under dash', () => {
  let receiver: Receiver;
  let dir: string;
  let spool: string;

  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'operations-run-'));
    spool = join(dir, 'spool');
    receiver.received.length = 0;
    receiver.be();
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  interface Result {
    code: number | null;
    stdout: Buffer;
    stderr: Buffer;
  }

  const begin = (
    args: string[],
    options: SpawnOptions & { variables?: Record<string, string> } = {},
  ) =>
    spawn('dash', [WRAPPER, ...args], {
      ...options,
      env: {
        PATH: process.env.PATH,
        OPERATIONS_URL: receiver.url,
        OPERATIONS_TOKEN: TOKEN,
        OPERATIONS_SPOOL: spool,
        OPERATIONS_TIMEOUT: '5',
        ...options.variables,
      },
    });

  async function resultOf(child: ReturnType<typeof spawn>): Promise<Result> {
    const parts: Record<'stdout' | 'stderr', Buffer[]> = {
      stdout: [],
      stderr: [],
    };
    child.stdout?.on('data', part => parts.stdout.push(part));
    child.stderr?.on('data', part => parts.stderr.push(part));
    const [code] = await once(child, 'close');
    return {
      code,
      stdout: Buffer.concat(parts.stdout),
      stderr: Buffer.concat(parts.stderr),
    };
  }

  const wrapped = (
    args: string[],
    options: Parameters<typeof begin>[1] & { input?: string | Buffer } = {},
  ) => {
    const child = begin(args, options);
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
    return resultOf(child);
  };
  const plain = (command: string[], input: string | Buffer = '') => {
    const child = spawn(command[0], command.slice(1));
    // it may end without having read
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return resultOf(child);
  };
  const job = (...command: string[]) => ['--job', 'nightly', '--', ...command];
  const waiting = () => readdirSync(spool).filter(f => f.endsWith('.report'));

  it('[checkin.1] reports the start, the end, the exit code, the log and what the line says of the job', async () => {
    const { code } = await wrapped([
      '--job=nightly',
      ...['--schedule', '15 2 * * *', '--fired-by', 'cron on "db\\1"'],
      ...['--owner', 'group:default/data', '--grace-minutes', '5', '--'],
      ...['sh', '-c', 'echo one; echo password=hunter2 >&2; exit 3'],
    ]);
    expect(code).toBe(3);
    const [{ path, authorization, fields }] = receiver.finishes();
    expect(path).toBe('/api/operations/v1/checkin/nightly/finish');
    expect(authorization).toBe(`Bearer ${TOKEN}`);
    expect(fields).toMatchObject({
      run: expect.stringMatching(/^[0-9a-f-]{36}$/),
      schedule: '15 2 * * *',
      firedBy: 'cron on "db\\1"',
      owner: 'group:default/data',
      graceMinutes: '5',
      host: expect.stringMatching(/./),
      exitCode: '3',
      durationMs: expect.stringMatching(/^\d+$/),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      sentAt: expect.stringMatching(/Z$/),
    });
    expect(fields.log.split('\n').sort()).toEqual([
      '',
      'one',
      'password=[redacted]',
    ]);
    expect(waiting()).toEqual([]);
  });

  it.each([
    ['curl -fsS', '/checkin/db-backup'],
    ['operations-run --job', '/checkin/db-backup/finish'],
  ])(
    '[checkin.1] reports a run by the line with %s that the document shows',
    async (program, path) => {
      const document = readFileSync(
        resolve(__dirname, '../../../docs/checkin.md'),
        'utf8',
      );
      const [, block] = [...document.matchAll(/^```sh\n([^]*?)^```$/gm)].find(
        ([, text]) => text.includes(program),
      )!;
      writeFileSync(
        join(dir, 'backup.sh'),
        '#!/bin/sh\necho copied; echo full >&2; exit 4\n',
        { mode: 0o755 },
      );
      const log = join(dir, 'backup.log');
      const text = block
        .replaceAll('https://portal.example.com', receiver.url)
        .replaceAll('/tmp/backup.log', log);
      const shell = spawn('dash', ['-c', text], {
        cwd: dir,
        env: {
          PATH: `${resolve(__dirname, '../bin')}:${process.env.PATH}`,
          PORTAL: receiver.url,
          TOKEN,
          OPERATIONS_TOKEN: TOKEN,
          OPERATIONS_SPOOL: spool,
        },
      });
      await resultOf(shell);
      // that of the start, which nobody waited for, may come after it
      const report = receiver.received.find(
        one => one.path === `/api/operations/v1${path}`,
      )!;
      expect(report.authorization).toBe(`Bearer ${TOKEN}`);
      expect(report.fields).toMatchObject({
        exitCode: '4',
        schedule: '15 2 * * *',
      });
      expect(report.fields.log.split('\n').sort()).toEqual([
        '',
        'copied',
        'full',
      ]);
    },
  );

  it('names the signal that ended the command', async () => {
    const { code, stderr } = await wrapped(job('sh', '-c', 'kill -KILL $$'));
    expect([code, stderr.toString()]).toEqual([137, '']);
    expect(receiver.finishes()[0].fields).toMatchObject({
      exitCode: '137',
      signal: 'KILL',
    });
  });

  describe('[checkin.3] passes untouched', () => {
    const binary = Buffer.from(
      Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 256),
    );

    it.each<[string, string[], (string | Buffer)?]>([
      ['an exit code', ['sh', '-c', 'exit 42']],
      ['the exit code of a command that cannot be executed', ['/etc/hostname']],
      ['standard input and output, binary', ['cat'], binary],
      ['errors', ['sh', '-c', 'printf out; printf err >&2; printf more']],
      ['output without an end of line', ['printf', 'x']],
      [
        'arguments with blanks, quotes and line ends',
        ['printf', '%s|', 'a b', '"', "'", 'c\nd', ''],
      ],
      ['no output', ['true']],
      ['much output', ['sh', '-c', 'yes 0123456789 | head -c 30000000']],
    ])('%s', async (_, command, ...[input]) => {
      const own = await plain(command, input);
      const ours = await wrapped(job(...command), { input });
      expect(ours.code).toBe(own.code);
      expect(ours.stdout.equals(own.stdout)).toBe(true);
      expect(ours.stderr.equals(own.stderr)).toBe(true);
    });

    it.each([
      [126, resolve(__dirname, '../LICENSE')],
      [127, '/etc/there-is-none'],
    ])(
      'the exit code %i of a command that cannot be executed',
      async (own, command) => {
        const { code, stderr } = await wrapped(job(command));
        expect(code).toBe(own);
        expect(stderr.toString()).toContain(command);
      },
    );

    it('the order of output and errors that go to one place', async () => {
      const out = join(dir, 'out');
      const lines =
        'for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done';
      const child = spawn(
        'dash',
        [
          '-c',
          `exec >${out} 2>&1; exec dash ${WRAPPER} --job j -- sh -c '${lines}'`,
        ],
        { env: { PATH: process.env.PATH, OPERATIONS_SPOOL: spool } },
      );
      await once(child, 'close');
      const { stdout } = await plain(['cat', out]);
      expect(stdout.toString()).toBe(
        Array.from({ length: 9 }, (_, i) => `o${i + 1}\ne${i + 1}\n`).join(''),
      );
    });

    it.each(['HUP', 'INT', 'QUIT', 'TERM', 'USR1', 'USR2'] as const)(
      'the signal %s',
      async signal => {
        const child = begin(
          job(
            'sh',
            '-c',
            `trap 'echo got ${signal}; exit 9' ${signal}; echo ready; while :; do sleep 0.05; done`,
          ),
        );
        const result = resultOf(child);
        let seen = '';
        child.stdout!.on('data', part => (seen += part));
        await until(async () => seen.includes('ready'));
        child.kill(`SIG${signal}`);
        const { code, stdout } = await result;
        expect([code, stdout.toString()]).toEqual([
          9,
          `ready\ngot ${signal}\n`,
        ]);
      },
    );

    it('output that a daemon goes on writing, without waiting for it', async () => {
      const began = Date.now();
      const child = begin(
        job('sh', '-c', '(sleep 6; echo later) & echo now; exit 5'),
      );
      const result = resultOf(child);
      const [code] = await once(child, 'exit');
      expect(code).toBe(5);
      expect(Date.now() - began).toBeLessThan(5_500);
      expect((await result).stdout.toString()).toBe('now\nlater\n');
    });
  });

  describe('[checkin.3] whatever is wrong with it, runs the command', () => {
    it.each<[string, string[]]>([
      ['an option that nobody knows', ['--jobs', 'x', '--', 'echo', 'ran']],
      ['an option without its value', ['--job', '--', 'echo', 'ran']],
      ['no name', ['--', 'echo', 'ran']],
      ['a name that is none', ['--job', 'a b', '--', 'echo', 'ran']],
    ])('%s', async (_, args) => {
      const { code, stdout, stderr } = await wrapped(args);
      expect([code, stdout.toString()]).toEqual([0, 'ran\n']);
      expect(stderr.toString()).toMatch(/runs the command without a report/);
    });

    it.each<[string, Record<string, string>]>([
      ['no portal', { OPERATIONS_URL: '', OPERATIONS_TOKEN: '' }],
      ['no spool', { OPERATIONS_SPOOL: '/proc/none' }],
      ['no home, nothing at all', { OPERATIONS_SPOOL: '', OPERATIONS_URL: '' }],
    ])('%s', async (_, variables) => {
      const result = await wrapped(job('sh', '-c', 'echo ran; exit 4'), {
        variables,
      });
      expect([
        result.code,
        String(result.stdout),
        String(result.stderr),
      ]).toEqual([4, 'ran\n', '']);
    });
  });

  it('[checkin.3] delivers later, each run once, what could not be delivered in 1,000 runs', async () => {
    const reserved = await startReceiver();
    const { url: closed } = reserved;
    await reserved.close();
    const troubles: Array<[string, Record<string, string>, () => void]> = [
      ['killed', { OPERATIONS_URL: closed }, () => {}],
      ['refusing', {}, () => receiver.be((_, res) => res.writeHead(503).end())],
      ['slow', { OPERATIONS_TIMEOUT: '1' }, () => receiver.be(() => {})],
      ['hanging up', {}, () => receiver.be(req => req.socket.destroy())],
      ['busy', {}, () => receiver.be((_, res) => res.writeHead(429).end())],
    ];
    const runs = 200;
    const ids = new Set<string>();
    for (const [name, variables, begins] of troubles) {
      begins();
      let next = 0;
      const work = async () => {
        while (next < runs) {
          const i = next++;
          const id = `${name.replace(' ', '-')}-${i}`;
          ids.add(id);
          const text = `line ${i}`;
          const { code, stdout, stderr } = await wrapped(
            [
              ...['--job', 'nightly', '--run', id, '--'],
              ...['sh', '-c', `echo ${text}; exit ${i % 256}`],
            ],
            { variables: { OPERATIONS_TIMEOUT: '1', ...variables } },
          );
          expect([code, String(stdout), String(stderr)]).toEqual([
            i % 256,
            `${text}\n`,
            '',
          ]);
        }
      };
      await Promise.all(Array.from({ length: 16 }, work));
      receiver.be();
      receiver.received.length = 0;
      // 200 reports fit into a spool; then the portal is back
      while (waiting().length) {
        const { code } = await wrapped(['--flush']);
        expect(code).toBe(0);
      }
      const delivered = receiver.finishes().map(({ fields }) => fields);
      expect(delivered).toHaveLength(runs);
      for (const { run, exitCode, log } of delivered) {
        const i = Number(run.split('-').at(-1));
        expect([exitCode, log]).toEqual([String(i % 256), `line ${i}\n`]);
        expect(ids.delete(run)).toBe(true);
      }
    }
    expect(ids.size).toBe(0);
  });

  it('[checkin.3] is not hindered by a full disk, and reports without a log', async () => {
    // no file may grow: what the disk has no room for fails in the same way
    const child = spawn(
      'dash',
      [
        '-c',
        `ulimit -f 0; trap '' XFSZ; exec dash ${WRAPPER} --job j -- sh -c 'echo ran; exit 6'`,
      ],
      {
        env: {
          PATH: process.env.PATH,
          OPERATIONS_URL: receiver.url,
          OPERATIONS_TOKEN: TOKEN,
          OPERATIONS_SPOOL: spool,
        },
      },
    );
    const { code, stdout, stderr } = await resultOf(child);
    expect([code, String(stdout), String(stderr)]).toEqual([6, 'ran\n', '']);
    const [{ fields }] = receiver.finishes();
    expect(fields).toMatchObject({ exitCode: '6' });
    expect(fields.log).toBeUndefined();
  });

  it('[checkin.3] reports at the next run that a killed wrapper had begun one', async () => {
    receiver.be((_, res) => res.writeHead(503).end());
    const child = begin([
      ...['--job', 'nightly', '--run', 'killed', '--'],
      ...['sh', '-c', 'echo ready; exec sleep 2'],
    ]);
    await once(child.stdout!, 'data');
    await until(async () => waiting().length === 1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    receiver.be();
    receiver.received.length = 0;
    await wrapped(job('true'));
    const kinds = receiver.received.map(
      ({ path, fields }) => `${path.split('/').at(-1)} ${fields.run}`,
    );
    expect(kinds).toContain('start killed');
    expect(waiting()).toEqual([]);
  });

  it('ends a run that is cancelled in the portal by SIGTERM, and reports it as cancelled', async () => {
    receiver.be(({ url }, res) =>
      res.end(
        JSON.stringify({
          state: url!.endsWith('/progress') ? 'cancelling' : 'running',
        }),
      ),
    );
    const { code, stdout } = await wrapped(
      [
        ...['--job', 'nightly', '--cancellable', '--', 'sh', '-c'],
        "trap 'echo cleaning up; exit 8' TERM; while :; do sleep 0.05; done",
      ],
      { variables: { OPERATIONS_POLL: '0.2' } },
    );
    expect([code, stdout.toString()]).toEqual([8, 'cleaning up\n']);
    expect(receiver.finishes()[0].fields).toMatchObject({
      cancellable: 'true',
      exitCode: '8',
      outcome: 'cancelled',
    });
  });

  describe('[checkin.4] --guard', () => {
    const guarded = (...more: string[]) => [
      ...['--job', 'nightly', '--schedule', '15 2 * * *', '--guard', ...more],
      ...['--', 'sh', '-c', 'echo ran; exit 3'],
    ];

    it('starts the command once it has the slot', async () => {
      const { code, stdout } = await wrapped(guarded());
      expect([code, stdout.toString()]).toEqual([3, 'ran\n']);
      const [claim] = receiver.received;
      expect(claim.path).toMatch(/nightly\/claim$/);
      expect(claim.fields).toMatchObject({
        schedule: '15 2 * * *',
        execution: claim.fields.run,
      });
      const [{ fields }] = receiver.finishes();
      expect(fields.run).toBe(claim.fields.run);
    });

    it.each<[string, number]>([
      ['another run has the slot', 409],
      ['the token may not', 403],
    ])('starts nothing where %s', async (_, status) => {
      receiver.be((__, res) => res.writeHead(status).end());
      const { code, stdout, stderr } = await wrapped(guarded());
      expect([code, stdout.toString()]).toEqual([75, '']);
      expect(stderr.toString()).toMatch(/the command was not started/);
    });

    it('starts nothing where the portal does not answer within five seconds, and reports it later', async () => {
      receiver.be(() => {});
      const began = Date.now();
      const { code, stdout } = await wrapped(guarded());
      expect([code, stdout.toString()]).toEqual([75, '']);
      expect(Date.now() - began).toBeLessThan(8_000);
      receiver.be();
      receiver.received.length = 0;
      await wrapped(['--flush']);
      expect(receiver.finishes()[0].fields).toMatchObject({
        outcome: 'not-started',
        message: 'the portal does not answer',
      });
    });

    it('starts the command without an answer where its owner wants it so', async () => {
      receiver.be((_, res) => res.writeHead(503).end());
      const { code, stdout } = await wrapped(
        guarded('--guard-unreachable=run'),
      );
      expect([code, stdout.toString()]).toEqual([3, 'ran\n']);
    });

    it('starts nothing where it is called in a wrong way', async () => {
      for (const args of [
        ['--guard', '--jobs', 'x', '--', 'echo', 'ran'],
        ['--jobs', 'x', '--guard', '--', 'echo', 'ran'],
        ['--guard-unreachable=walk', '--', 'echo', 'ran'],
      ]) {
        const { code, stdout } = await wrapped(args);
        expect([code, stdout.toString()]).toEqual([64, '']);
      }
    });
  });

  it('keeps as many reports as fit, and drops what the portal will never take', async () => {
    await wrapped(['--flush']);
    for (let i = 0; i < 250; i++) {
      writeFileSync(
        join(spool, `${1000 + i}.r${i}.report`),
        `# finish nightly 1\ndata-urlencode = "run=r${i}"\n# whole\n`,
      );
    }
    writeFileSync(join(spool, '2000.cut.report'), '# finish nightly 1\n');
    receiver.be((_, res) => res.writeHead(403).end());
    while (waiting().length) await wrapped(['--flush']);
    const runs = receiver.received.map(({ fields }) => fields.run);
    expect(runs).toHaveLength(199);
    expect(runs[0]).toBe('r51');
  });

  it('uses no spool of another user: a report in it would get the token', async () => {
    mkdirSync(spool);
    writeFileSync(
      join(spool, '1.planted.report'),
      `# finish nightly 1\nurl = "${receiver.url}/elsewhere"\n# whole\n`,
    );
    // who is not root cannot give a folder away, but has no share in root's
    const foreign = process.getuid!() === 0 ? spool : '/';
    if (foreign === spool) chownSync(spool, 65_534, 65_534);
    const { code } = await wrapped(job('true'), {
      variables: { OPERATIONS_SPOOL: foreign },
    });
    expect(code).toBe(0);
    const paths = receiver.received.map(({ path }) => path);
    expect(paths).toContain('/api/operations/v1/checkin/nightly/finish');
    expect(paths).not.toContain('/elsewhere');
  });

  it('shows its token to nobody on the machine', async () => {
    receiver.be(() => {});
    const child = begin(job('true'));
    const result = resultOf(child);
    await until(async () => receiver.received.length > 0);
    const { stdout } = await plain(['ps', '-eo', 'args']);
    expect(stdout.toString()).toContain('/checkin/nightly');
    expect(stdout.toString()).not.toContain(TOKEN);
    await result;
  });
});
