import { randomUUID } from 'node:crypto';
import {
  defineJob,
  startWorker,
  type WorkerHandle,
} from '@craft-easy/operations-sdk/jobs';
import { apiAs } from './people';
import { startStack } from './stack';
import type { Stack } from './stack';
import { until } from './until';

describe('two replicas on PostgreSQL', () => {
  let stack: Stack;
  let worker: WorkerHandle | undefined;

  beforeAll(async () => {
    stack = await startStack({ database: 'postgres', backends: 2 });
  });

  afterAll(async () => {
    await worker?.close();
    await stack?.stop();
  });

  it('[attention.3] make one item and one notification of what needs somebody, and one of a job that fails on and off', async () => {
    let fails = true;
    const job = defineJob({
      name: 'story-flapping',
      description: 'Fails when it is meant to',
      owner: 'group:default/finance',
      handler: async () => {
        if (fails) throw new Error('the ledger is locked');
      },
    });
    worker = startWorker({ jobs: [job], connection: stack.redisUrl });
    await worker.ready;
    const oskar = await apiAs(stack.url, 'oskar.operator');
    const fia = await apiAs(stack.url, 'fia.finance');
    const replicas = stack.urls.map(url => oskar.at(url).client);
    const key = { engine: 'bullmq', name: job.name };
    await until(
      'the job in the inventory',
      () => oskar.client.call('GET /jobs', { query: { search: job.name } }),
      page => page.totalItems === 1,
    );
    const startRun = async (replica: number) => {
      const body = { reason: 'shown by a story of this project' };
      await replicas[replica].call('POST /jobs/:engine/:name/runs', {
        params: key,
        body,
        idempotencyKey: randomUUID(),
      });
    };
    const itemsWhen = (open: boolean) =>
      Promise.all(
        replicas.map(async client => {
          const query = { job: `bullmq/${job.name}` };
          const page = await until(
            open ? 'the item' : 'the item to be gone',
            () => client.call('GET /attention', { query }),
            ({ items }) => items.length > 0 === open,
          );
          return page.items;
        }),
      );
    const notificationsAs = async (title: RegExp) => {
      const list = async () => {
        const answer = await fia.fetch(
          '/api/notifications?topic=operations-attention&limit=100',
        );
        return (await answer.json()).notifications as Array<{
          updated?: string | null;
          payload: { title: string };
        }>;
      };
      const found = await until('the notification', list, all =>
        all.some(n => title.test(n.payload.title)),
      );
      return found.filter(n => n.payload.title.includes(job.name));
    };

    await startRun(0);
    const [first, again] = await itemsWhen(true);
    expect(first).toHaveLength(1);
    expect(again).toEqual(first);
    const { history } = await oskar.client.call('GET /attention/:id', {
      params: { id: first[0].id },
    });
    expect(history.map(h => h.event)).toEqual(['opened']);
    const sent = await notificationsAs(/^story-flapping failed/);
    expect(sent).toHaveLength(1);
    // sent once: a second one would have been put on top of the first
    expect(sent[0].updated ?? null).toBeNull();

    fails = false;
    await startRun(1);
    await itemsWhen(false);
    expect(await notificationsAs(/^Solved: story-flapping/)).toHaveLength(1);
    fails = true;
    await startRun(0);
    const [flapped] = await itemsWhen(true);
    expect(flapped).toEqual([
      expect.objectContaining({ id: first[0].id, count: 2 }),
    ]);
    expect(await notificationsAs(/^story-flapping failed/)).toHaveLength(1);
  });

  it('answer alike, and go on one without the other', async () => {
    const first = await apiAs(stack.url, 'vera.viewer');
    const second = first.at(stack.urls[1]);
    const [one, two] = await Promise.all(
      [first, second].map(api =>
        api.client.call('GET /jobs', { query: { sort: 'name' } }),
      ),
    );
    expect(one.totalItems).toBeGreaterThanOrEqual(14);
    expect(two.items.map(job => job.id)).toEqual(one.items.map(job => job.id));

    await stack.kill('backend', 'SIGKILL');
    expect((await second.client.call('GET /jobs')).totalItems).toBe(
      one.totalItems,
    );
  });
});
