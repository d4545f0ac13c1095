import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import {
  scaffolderActionsExtensionPoint,
  type TemplateAction,
} from '@backstage/plugin-scaffolder-node';
import { startTestBackend } from '@backstage/backend-test-utils';
import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import scaffolderModule from '@craft-easy/backstage-plugin-scaffolder-backend-module-operations';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { apiAs } from './__testUtils__/api';
import { startPortal } from './__testUtils__/startPortal';

jest.setTimeout(60_000);

const reason = 'a template asked for it';

describe('actions of software templates', () => {
  let portal: Awaited<ReturnType<typeof startPortal>>;
  const actions = new Map<string, TemplateAction<any, any>>();
  /** What the job `import` does when it runs. */
  let work: () => Promise<void> = async () => {};
  /** Statuses with which somebody else answers in place of the portal; 0: nobody does. */
  const faults: number[] = [];
  const faulty = createServer((_, res) => {
    res.writeHead(faults.shift()!, { 'content-type': 'application/json' });
    res.end(
      JSON.stringify({
        error: { name: 'NotAllowedError', message: 'Not any more' },
        response: {},
      }),
    );
  });
  const faultyUrl = () =>
    `http://127.0.0.1:${(faulty.address() as AddressInfo).port}`;
  const api = () => apiAs(portal.server, 'user:default/ada.admin');

  beforeAll(async () => {
    await once(faulty.listen(0, '127.0.0.1'), 'listening');
    portal = await startPortal({
      worker: {
        jobs: [
          defineJob({ name: 'import', handler: () => work() }),
          defineJob({
            name: 'ledger',
            tenantScoped: true,
            handler: async () => {},
          }),
          defineJob({
            name: 'rollup',
            schedule: { cron: '15 2 * * *' },
            manualRun: false,
            manualRunReason: 'It closes the day',
            onCall: { title: 'Finance', url: 'https://page.example/finance' },
            handler: async () => {},
          }),
        ],
      },
    });
    const backend = await startTestBackend({
      extensionPoints: [
        [
          scaffolderActionsExtensionPoint,
          {
            addActions: (...added) => added.forEach(a => actions.set(a.id, a)),
          },
        ],
      ],
      features: [
        scaffolderModule,
        createServiceFactory({
          service: coreServices.discovery,
          deps: {},
          factory: () => ({
            async getBaseUrl(id) {
              if (!faults.length) return `${portal.url}/api/${id}`;
              if (faults[0] !== 0) return faultyUrl();
              faults.shift();
              // where nobody listens
              return 'http://127.0.0.1:9';
            },
            getExternalBaseUrl: async id => `${portal.url}/api/${id}`,
          }),
        }),
      ],
    });
    await backend.stop();
    await until(async () => (await api().get('/jobs/bullmq/ledger')).ok, {
      withinMs: 30_000,
    });
  });
  afterAll(async () => {
    faulty.close();
    await portal?.stop();
  });

  /** What actions say in the log of their task. */
  const said: string[] = [];
  /** What the scaffolder keeps of a task, by the key of a checkpoint. */
  const checkpoints = new Map<string, unknown>();

  /** Executes a step of a task, as somebody. @returns its outputs */
  async function step(
    action: string,
    input: object,
    { user = 'ada.admin', task = 'task-1', isDryRun = false } = {},
  ) {
    const outputs: Record<string, unknown> = {};
    await actions.get(action)!.handler({
      ...{ input, isDryRun, task: { id: task }, step: { id: 'one' } },
      logger: mockServices.logger.mock({ info: line => said.push(line) }),
      output: (name: string, value: unknown) => {
        outputs[name] = value;
      },
      async checkpoint({ key, fn }: { key: string; fn(): Promise<unknown> }) {
        const kept = `${task} one ${key}`;
        if (!checkpoints.has(kept)) checkpoints.set(kept, await fn());
        return checkpoints.get(kept);
      },
      getInitiatorCredentials: async () =>
        mockCredentials.user(`user:default/${user}`),
      logStream: new Writable(),
    } as never);
    return outputs;
  }
  const windows = async () =>
    (await api().get('/maintenance').expect(200)).body.items;
  const trail = async () =>
    (await api().get('/audit?limit=200').expect(200)).body.items.map(
      ({ actor, action, reason: why }: Record<string, string>) =>
        [actor, action, why].join(' '),
    );

  it('run a job in the name of whoever started the task, and wait for its end', async () => {
    const input = {
      ...{ job: 'bullmq/ledger', tenant: 'nordic-gym', reason, wait: true },
    };
    const { runId, status } = await step('operations:job:run', input);
    expect(status).toBe('succeeded');
    const run = (await api().get(`/runs/${runId}`).expect(200)).body;
    expect(run).toMatchObject({
      triggeredBy: 'user:default/ada.admin',
      reason,
    });
    expect(await trail()).toContain(`user:default/ada.admin job.run ${reason}`);
    // the scaffolder was restarted
    expect(await step('operations:job:run', input)).toEqual({ runId, status });
    const another = await step('operations:job:run', input, { task: 'task-2' });
    expect(another.runId).not.toBe(runId);
  });

  const importRuns = async () =>
    (await api().get('/jobs/bullmq/import/runs').expect(200)).body.items;
  const importInput = { job: 'bullmq/import', reason, wait: true };

  it('go on waiting where a look at the run fails, and end where it is refused', async () => {
    let end = () => {};
    work = () => new Promise(resolve => (end = resolve));
    const running = async () =>
      (await importRuns()).some(
        ({ status }: { status: string }) => status === 'running',
      );
    const seen = step('operations:job:run', importInput, { task: 'looks' });
    await until(running);
    faults.push(503, 0, 429);
    await until(async () => !faults.length, { withinMs: 30_000 });
    end();
    expect(await seen).toMatchObject({ status: 'succeeded' });

    const refused = step('operations:job:run', importInput, { task: 'ended' });
    const outcome = refused.catch(error => error.message);
    await until(running);
    faults.push(403);
    expect(await outcome).toBe('Not any more');
    end();
  });

  it('run a job anew where the task is retried since its run has failed', async () => {
    work = async () => {
      throw new Error('no space left');
    };
    const retry = (user?: string) =>
      step('operations:job:run', importInput, { task: 'retried', user });
    const before = (await importRuns()).length;
    await expect(retry()).rejects.toThrow('ended as failed');
    await expect(retry()).rejects.toThrow('ended as failed');
    work = async () => {};
    const done = await retry();
    expect(done).toMatchObject({ status: 'succeeded' });
    expect(await importRuns()).toHaveLength(before + 3);
    // whoever retries the task after that
    expect(await retry('alva.admin')).toEqual(done);
    expect(await importRuns()).toHaveLength(before + 3);
  });

  it('do nothing that the initiator may not do, and nothing in a dry run', async () => {
    const input = { job: 'bullmq/ledger', tenant: 'nordic-gym', reason };
    await expect(
      step('operations:job:run', input, { user: 'vera.viewer' }),
    ).rejects.toThrow('You do not have the permission operations.');
    const begin = { platform: true, mode: 'read-only', minutes: 5, reason };
    await expect(
      step('operations:maintenance:begin', begin, { user: 'vera.viewer' }),
    ).rejects.toThrow('You do not have the permission operations.');
    // nor what the contract of the job forbids to everybody
    await expect(
      step('operations:job:run', { job: 'bullmq/rollup', reason }),
    ).rejects.toThrow('It closes the day');
    const before = await trail();
    said.length = 0;
    for (const user of ['ada.admin', 'vera.viewer']) {
      const dry = { user, isDryRun: true };
      await step('operations:job:run', input, dry);
      await step('operations:maintenance:begin', begin, dry);
    }
    expect(said).toEqual([
      'Dry run: bullmq/ledger would be run',
      'Dry run: the whole platform would be read-only',
      expect.stringMatching(/^Dry run: bullmq\/ledger cannot be run: /),
      'Dry run: the whole platform cannot be read-only: you do not have the permission operations.maintenance.toggle',
    ]);
    expect(await trail()).toEqual(before);
  });

  it('begin maintenance of a tenant for so many minutes', async () => {
    const input = {
      ...{ tenant: 'nordic-gym', mode: 'read-only', minutes: 5, reason },
    };
    const began = Date.now();
    const { windowId, endsAt } = await step(
      'operations:maintenance:begin',
      input,
    );
    const minutes = (Date.parse(endsAt as string) - began) / 60_000;
    expect(minutes).toBeCloseTo(5, 0);
    expect(await windows()).toEqual([
      expect.objectContaining({
        ...{ id: windowId, state: 'active', mode: 'read-only' },
        scope: { kind: 'tenant', tenant: 'nordic-gym' },
      }),
    ]);
  });

  it('begin one maintenance however often the step of a task is repeated', async () => {
    const input = { tenant: 'alpine-spa', mode: 'offline', minutes: 5, reason };
    const begin = () =>
      step('operations:maintenance:begin', input, { task: 'moved' });
    const before = await windows();
    const begun = await begin();
    expect(await begin()).toEqual(begun);
    // the scaffolder was ended before it could keep what the backend answered
    checkpoints.delete([...checkpoints.keys()].at(-1)!);
    expect(await begin()).toEqual(begun);
    expect(await windows()).toHaveLength(before.length + 1);
  });

  it('take the whole platform only where the template says so', async () => {
    const begin = (given: object) =>
      step('operations:maintenance:begin', {
        ...{ mode: 'read-only', minutes: 5, reason },
        ...given,
      });
    const before = await windows();
    // what an empty parameter of a template becomes
    for (const given of [
      {},
      { tenant: '' },
      { platform: false },
      { tenant: 'nordic-gym', platform: true },
    ]) {
      await expect(begin(given)).rejects.toThrow(
        'Either a tenant or platform: true is needed, and not both',
      );
    }
    expect(await windows()).toEqual(before);
    // not now: other tests run jobs
    const startsAt = new Date(Date.now() + 3_600_000).toISOString();
    const { windowId, endsAt } = await begin({ platform: true, startsAt });
    expect(await windows()).toContainEqual(
      expect.objectContaining({ id: windowId, scope: { kind: 'platform' } }),
    );
    expect(said.at(-1)).toBe(
      `the whole platform is read-only from ${startsAt} until ${endsAt}`,
    );
  });

  it('say what is wrong with their input', async () => {
    await expect(
      step('operations:job:run', { job: 'ledger', reason }),
    ).rejects.toThrow('job: ledger is no <engine>/<name>');
    const input = { tenant: 'nordic-gym', mode: 'offline', reason };
    await expect(step('operations:maintenance:begin', input)).rejects.toThrow(
      'Either minutes or endsAt is needed',
    );
    const soon = { ...input, minutes: 5, startsAt: 'soon' };
    await expect(step('operations:maintenance:begin', soon)).rejects.toThrow(
      'startsAt: soon is no ISO 8601 time',
    );
  });
});
