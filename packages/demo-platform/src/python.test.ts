import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { dirname, resolve } from 'node:path';
import type IORedis from 'ioredis';
import {
  jobRegistrationSchema,
  runRecordSchema,
  workerRecordSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  protocolKeys,
  RUN_REQUEST_FIELD,
  type RunRecord,
  type RunRequest,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  KeyRing,
  signRequest,
} from '@craft-easy/backstage-plugin-operations-protocol/signing';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';

jest.setTimeout(60_000);

const JOB = 'legacy-ledger-export';
const SCRIPT = resolve(
  dirname(require.resolve('../package.json')),
  'python/worker.py',
);
const hasPython = spawnSync('python3', ['--version']).status === 0;

// where there is no Python there is no Python worker to test
(hasPython ? describe : describe.skip)('the worker written in Python', () => {
  let server: TestRedis;
  let redis: IORedis;
  let reader: IORedis;
  let worker: ChildProcess;
  const namespace = `py-${randomUUID().slice(0, 8)}`;
  const keys = protocolKeys(namespace);

  beforeAll(async () => {
    server = await getTestRedis();
    redis = server.client();
    reader = server.client();
    worker = spawn('python3', [SCRIPT], {
      env: {
        ...process.env,
        REDIS_URL: server.url,
        OPERATIONS_NAMESPACE: namespace,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // it says that it is ready, and nothing before that
    await once(worker.stdout!, 'data');
  });
  afterAll(async () => {
    worker.kill('SIGKILL');
    await server.close();
  });

  async function put(message: object) {
    const { requests } = keys;
    const text = JSON.stringify(message);
    await redis.xadd(requests(JOB), '*', RUN_REQUEST_FIELD, text);
  }
  const ask = (request: Omit<RunRequest, 'v'>) => put({ v: 1, ...request });

  async function record(
    fits: (found: RunRecord) => boolean,
  ): Promise<RunRecord> {
    let after = '0';
    for (;;) {
      const read = await reader.xread('BLOCK', 0, 'STREAMS', keys.runs, after);
      for (const [id, [, json]] of read![0][1]) {
        after = id;
        // every record it writes is as agreed
        const found = runRecordSchema.parse(JSON.parse(json));
        if (fits(found)) {
          return found;
        }
      }
    }
  }

  const end = (runId: string) =>
    record(found => found.id === runId && found.endedAt !== undefined);

  it('[jobs.9] registers its job and itself by the protocol alone', async () => {
    const registration = jobRegistrationSchema.parse(
      JSON.parse((await redis.hget(keys.registry, `protocol/${JOB}`))!),
    );
    expect(registration).toMatchObject({
      engine: 'protocol',
      owner: 'group:default/finance',
      cancellable: true,
      sdk: { language: 'python' },
    });
    expect(
      await redis.zscore(keys.registrySeen, `protocol/${JOB}`),
    ).not.toBeNull();
    const [id] = await redis.zrange(keys.workers, 0, -1);
    expect(
      workerRecordSchema.parse(JSON.parse((await redis.get(keys.worker(id)))!)),
    ).toMatchObject({ id, jobs: [`protocol/${JOB}`] });
  });

  it('[jobs.9] executes a request, reports it, and writes its log', async () => {
    await ask({
      runId: 'python-1',
      trigger: 'manual',
      triggeredBy: 'user:default/fia.finance',
      reason: 'The auditors have asked',
      parameters: { rows: 20 },
    });
    expect(await end('python-1')).toMatchObject({
      state: 'succeeded',
      exitCode: 0,
      trigger: 'manual',
      triggeredBy: 'user:default/fia.finance',
      result: { rows: 20 },
      parameters: { rows: 20 },
    });
    const running = await record(found => found.progress === 50);
    expect(running.state).toBe('running');
    const log = await redis.xrange(keys.log('python-1'), '-', '+');
    expect(log[0]).toEqual([
      '1-0',
      ['t', expect.any(String), 'x', '20 rows to export'],
    ]);
    expect(await redis.pttl(keys.log('python-1'))).toBeGreaterThan(0);
  });

  it('[jobs.9] reads a signed request too, and reports that it has checked no signature', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const portal = KeyRing.of([{ id: 'k1', privateKey: pem }], 'keys');
    const iat = Math.floor(Date.now() / 1000);
    const jws = signRequest(portal, {
      v: 1,
      type: 'retry',
      job: `protocol/${JOB}`,
      runId: 'run-python',
      actor: 'user:default/fia.finance',
      permission: 'operations.job.retry',
      triggeredBy: 'user:default/fia.finance',
      reason: 'Åke har frågat',
      parameters: { rows: 20 },
      iat,
      exp: iat + 60,
    });
    await put({ v: 1, runId: 'run-python', jws });
    expect(await end('run-python')).toMatchObject({
      state: 'succeeded',
      trigger: 'retry',
      triggeredBy: 'user:default/fia.finance',
      reason: 'Åke har frågat',
      signature: 'unchecked',
      result: { rows: 20 },
    });
  });

  it('[jobs.9] stops a run that is cancelled, and cleans up', async () => {
    await ask({ runId: 'python-2', parameters: { rows: 4_000 } });
    await record(found => found.id === 'python-2' && found.state === 'running');
    await redis.set(
      keys.cancel('python-2'),
      JSON.stringify({
        v: 1,
        runId: 'python-2',
        requestedBy: 'user:default/oskar.operator',
        requestedAt: new Date().toISOString(),
      }),
    );
    const ended = await end('python-2');
    expect(ended).toMatchObject({
      state: 'cancelled',
      cancelledBy: 'user:default/oskar.operator',
    });
    expect(ended.log!.lines[ended.log!.lines.length - 1].text).toBe(
      'cleaning up: removing the unfinished file',
    );
  });

  it('[jobs.9] refuses parameters that it does not take', async () => {
    await ask({ runId: 'python-3', parameters: { rows: 'many' } });
    expect(await end('python-3')).toMatchObject({
      state: 'refused',
      refusal: { rule: 'parameters' },
    });
  });

  it('[jobs.9] leaves in good order', async () => {
    const [id] = await redis.zrange(keys.workers, 0, -1);
    const exit = once(worker, 'exit');
    worker.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(await redis.exists(keys.worker(id))).toBe(0);
    const [pending] = (await redis.xpending(keys.requests(JOB), 'workers')) as [
      number,
    ];
    expect(pending).toBe(0);
  });
});
