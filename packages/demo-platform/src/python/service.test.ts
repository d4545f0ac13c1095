import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type IORedis from 'ioredis';
import {
  jobRegistrationSchema,
  runRecordSchema,
  workerRecordSchema,
  type CancelRequest,
  type SignedRequest,
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
import { PYTHON_SERVICE, pythonProblem } from './interpreter';

jest.setTimeout(60_000);

const EXPORT = 'legacy-ledger-export';
const VAT_RETURN = 'vat-return';
const RECONCILIATION = 'bank-reconciliation';
const FIA = 'user:default/fia.finance';

/** What the portal says of a request besides what it is for. */
type Unsigned<T> = T extends unknown
  ? Omit<T, 'v' | 'iat' | 'exp' | 'actor' | 'permission'>
  : never;

function createPortal() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const ring = KeyRing.of([{ id: 'k1', privateKey: pem }], 'keys');
  return {
    requestKeys: JSON.stringify([
      {
        id: 'k1',
        publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      },
    ]),
    sign(request: Unsigned<SignedRequest> & { runId: string }) {
      const iat = Math.floor(Date.now() / 1000);
      const jws = signRequest(ring, {
        ...request,
        v: 1,
        actor: FIA,
        permission: 'operations.job.run',
        iat,
        exp: iat + 60,
      } as SignedRequest);
      return { v: 1, runId: request.runId, jws };
    },
  };
}

// where CI is set they fail without it; elsewhere `npm test` says that there is none, and why
const describePython =
  pythonProblem() && !process.env.CI ? describe.skip : describe;

describePython('the service in Python', () => {
  let server: TestRedis;
  let redis: IORedis;
  let reader: IORedis;
  let service: ChildProcess;
  const portal = createPortal();
  const namespace = `py-${randomUUID().slice(0, 8)}`;
  const keys = protocolKeys(namespace);

  beforeAll(async () => {
    server = await getTestRedis();
    redis = server.client();
    reader = server.client();
    const [program, ...args] = PYTHON_SERVICE.command;
    service = spawn(program, args, {
      env: {
        ...process.env,
        ...PYTHON_SERVICE.env,
        REDIS_URL: server.url,
        OPERATIONS_NAMESPACE: namespace,
        REQUEST_KEYS: portal.requestKeys,
        TENANTS: 'nordic-gym,harbor-yoga',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // it says that it is ready, and nothing before that
    await once(service.stdout!, 'data');
  });
  afterAll(async () => {
    service.kill('SIGKILL');
    await server.close();
  });

  async function put(job: string, message: object) {
    const text = JSON.stringify(message);
    await redis.xadd(keys.requests(job), '*', RUN_REQUEST_FIELD, text);
  }

  /** As the portal asks for a run. */
  const ask = (job: string, runId: string, more: Partial<RunRequest> = {}) =>
    put(
      job,
      portal.sign({ type: 'run', job: `protocol/${job}`, runId, ...more }),
    );

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
        if (fits(found)) return found;
      }
    }
  }

  const end = (runId: string) =>
    record(found => found.id === runId && found.endedAt !== undefined);

  it('[jobs.9][python.1] registers its jobs and itself by the protocol alone', async () => {
    const stored = await redis.hgetall(keys.registry);
    const registrations = Object.values(stored).map(json =>
      jobRegistrationSchema.parse(JSON.parse(json)),
    );
    const byName = Object.fromEntries(registrations.map(r => [r.name, r]));
    expect(byName[EXPORT]).toMatchObject({
      engine: 'protocol',
      owner: 'group:default/finance',
      cancellable: true,
      sdk: { language: 'python' },
    });
    expect(byName[VAT_RETURN]).toMatchObject({
      manualRun: false,
      schedule: { cron: '30 4 12 * *', timezone: 'Europe/Stockholm' },
      startWithinMs: 7_200_000,
    });
    expect(byName[RECONCILIATION]).toMatchObject({
      tenantScoped: true,
      tenants: ['nordic-gym', 'harbor-yoga'],
      attempts: 2,
    });
    const seen = await redis.zrange(keys.registrySeen, 0, -1);
    expect(seen.sort()).toEqual(Object.keys(stored).sort());
    const [id] = await redis.zrange(keys.workers, 0, -1);
    expect(
      workerRecordSchema.parse(JSON.parse((await redis.get(keys.worker(id)))!)),
    ).toMatchObject({ id, jobs: seen.map(() => expect.any(String)) });
  });

  it('[jobs.9][python.1] executes a signed request, reports it, and writes its log', async () => {
    await ask(EXPORT, 'run-1', {
      reason: 'Åke har frågat',
      parameters: { rows: 20 },
    });
    expect(await end('run-1')).toMatchObject({
      state: 'succeeded',
      exitCode: 0,
      trigger: 'manual',
      triggeredBy: FIA,
      reason: 'Åke har frågat',
      permission: 'operations.job.run',
      signature: 'verified',
      result: { rows: 20 },
      parameters: { rows: 20 },
    });
    const log = await redis.xrange(keys.log('run-1'), '-', '+');
    expect(log[0]).toEqual([
      '1-0',
      ['t', expect.any(String), 'x', '20 rows to export'],
    ]);
    expect(await redis.pttl(keys.log('run-1'))).toBeGreaterThan(0);
  });

  it('[python.1] begins a run by its signed request once', async () => {
    const request = portal.sign({
      type: 'retry',
      job: `protocol/${EXPORT}`,
      runId: 'run-once',
      parameters: { rows: 1 },
    });
    await put(EXPORT, request);
    expect(await end('run-once')).toMatchObject({ trigger: 'retry' });
    await put(EXPORT, request);
    const again = await record(found => found.id.includes('~again-'));
    expect(again).toMatchObject({
      trigger: 'api',
      signature: 'bad',
      claims: { triggeredBy: FIA, problem: 'it was used before' },
    });
  });

  it('[python.1] takes no word for what the portal did not sign', async () => {
    await put(EXPORT, {
      v: 1,
      runId: 'run-forged',
      trigger: 'manual',
      triggeredBy: FIA,
      parameters: { rows: 2 },
    });
    const forged = await record(
      found => found.parameters?.rows === 2 && found.state === 'succeeded',
    );
    expect(forged.id).not.toBe('run-forged');
    expect(forged).toMatchObject({
      trigger: 'api',
      triggeredBy: expect.stringMatching(/^worker:python-/),
      signature: 'missing',
      claims: { triggeredBy: FIA, trigger: 'manual' },
    });
  });

  it('[jobs.9] stops a run that is cancelled, and cleans up', async () => {
    await ask(EXPORT, 'run-long', { parameters: { rows: 4_000 } });
    await record(found => found.id === 'run-long' && found.state === 'running');
    const unsigned: CancelRequest = {
      v: 1,
      runId: 'run-long',
      requestedBy: 'user:default/mallory',
      requestedAt: new Date().toISOString(),
    };
    const publishCancel = () =>
      redis.publish(
        keys.controlChannel,
        JSON.stringify({ type: 'cancel', runId: 'run-long' }),
      );
    // nobody signed this one, so it is not obeyed
    await redis.set(keys.cancel('run-long'), JSON.stringify(unsigned));
    await publishCancel();
    await record(found => found.id === 'run-long' && found.progress! >= 20);
    const signed = portal.sign({
      type: 'cancel',
      job: `protocol/${EXPORT}`,
      runId: 'run-long',
      requestedBy: FIA,
      requestedAt: new Date().toISOString(),
    });
    await redis.set(keys.cancel('run-long'), JSON.stringify(signed));
    await publishCancel();
    const ended = await end('run-long');
    expect(ended).toMatchObject({ state: 'cancelled', cancelledBy: FIA });
    expect(ended.log!.lines[ended.log!.lines.length - 1].text).toBe(
      'cleaning up: removing the unfinished file',
    );
  });

  it('[jobs.9] refuses parameters that it does not take', async () => {
    await ask(EXPORT, 'run-many', { parameters: { rows: 'many' } });
    expect(await end('run-many')).toMatchObject({
      state: 'refused',
      refusal: {
        rule: 'parameters',
        message: 'rows: must be of type integer',
      },
    });
  });

  it('[python.1] refuses the guarded job to the portal and to a forged slot', async () => {
    await ask(VAT_RETURN, 'run-vat');
    const refused = await end('run-vat');
    expect(refused).toMatchObject({
      state: 'refused',
      trigger: 'manual',
      refusal: { rule: 'manual-run' },
    });
    expect(refused.refusal!.message).toContain(
      'A return that is sent twice is a fine.',
    );
    await put(VAT_RETURN, {
      v: 1,
      runId: `${VAT_RETURN}.1`,
      trigger: 'schedule',
      slot: 1,
    });
    expect(await end(`${VAT_RETURN}.1`)).toMatchObject({
      state: 'refused',
      trigger: 'api',
    });
  });

  it('[python.1] fails for one tenant, until it is asked with other parameters', async () => {
    const tenant = 'harbor-yoga';
    await ask(RECONCILIATION, 'run-bank', { tenant });
    expect(await end('run-bank')).toMatchObject({
      state: 'failed',
      attempt: 2,
      tenant,
      exitCode: 1,
      error: { name: 'ValueError', message: expect.stringMatching(/line 17/) },
    });
    await put(
      RECONCILIATION,
      portal.sign({
        type: 'retry',
        job: `protocol/${RECONCILIATION}`,
        runId: 'run-bank-2',
        tenant,
        retryOf: 'run-bank',
        parameters: { skip_unreadable: true },
      }),
    );
    expect(await end('run-bank-2')).toMatchObject({
      state: 'succeeded',
      retryOf: 'run-bank',
      trigger: 'retry',
      result: { matched: 39, unreadable: 1 },
    });
  });

  it('[jobs.9] leaves in good order', async () => {
    const [id] = await redis.zrange(keys.workers, 0, -1);
    const exit = once(service, 'exit');
    service.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(await redis.exists(keys.worker(id))).toBe(0);
    const [pending] = (await redis.xpending(
      keys.requests(EXPORT),
      'workers',
    )) as [number];
    expect(pending).toBe(0);
  });
});
