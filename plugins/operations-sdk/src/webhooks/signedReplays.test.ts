import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Queue } from 'bullmq';
import { ALVA, createPortalKey } from '../__testUtils__/portalKey';
import { startPortal } from './__testUtils__/portal';
import { startReceiver, type Receiver } from './__testUtils__/receiver';
import { createWebhookDispatcher } from './createWebhookDispatcher';
import type { WebhookDispatcher } from './types';

jest.setTimeout(60_000);

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const key = createPortalKey();

describe('replays, where the portal signs', () => {
  let redis: TestRedis;
  let portal: ReturnType<typeof startPortal>;
  let receiver: Receiver;
  let dispatcher: WebhookDispatcher;
  let said: string[];
  let failed: string;

  beforeEach(async () => {
    redis = await getTestRedis();
    portal = startPortal(redis.url, redis.namespace);
    receiver = await startReceiver();
    said = [];
    receiver.answer = (_, response) => response.writeHead(500).end();
    dispatcher = createWebhookDispatcher({
      connection: redis.url,
      namespace: redis.namespace,
      queuePrefix: redis.queuePrefix,
      requestKeys: key.requestKeys,
      endpoint: () => ({ url: receiver.url, secrets: [SECRET] }),
      egress: { allowHttp: true, allow: ['127.0.0.1/32'] },
      retry: { attempts: 1, spanMs: 0 },
      onError: error => said.push(error.message),
    });
    await dispatcher.start();
    const { id } = await dispatcher.send({
      tenant: 'nordic-gym',
      endpoint: 'main',
      eventType: 'payment.confirmed',
      payload: { payment: 'pay_1' },
    });
    failed = id;
    await portal.until(() => portal.ofKind('failure').length === 1);
    receiver.answer = (_, response) => response.writeHead(204).end();
  });
  afterEach(async () => {
    await dispatcher.close();
    await receiver.close();
    portal.close();
    await redis.close();
  });

  const command = (commandId: string, bulkId?: string) => ({
    commandId,
    bulkId,
    tenant: 'nordic-gym',
    endpoint: 'main',
    webhookId: failed,
    force: true,
    requestedBy: ALVA,
    requestedAt: new Date().toISOString(),
  });
  const signed = (commandId: string, bulkId?: string, validMs?: number) =>
    key.sign(
      { type: 'webhook-replay', ...command(commandId, bulkId) },
      validMs,
    );
  const outcomeOf = async (commandId: string) => {
    const ofIt = () =>
      portal.ofKind('replay').find(report => report.commandId === commandId);
    await portal.until(() => ofIt() !== undefined);
    return ofIt()!.outcome;
  };

  it('[protocol.3] are done where they are signed, and no others', async () => {
    await portal.put({ v: 1, ...command('plain') });
    await portal.put(signed('late', undefined, -1_000));
    await portal.put(
      createPortalKey('k9').sign({ type: 'webhook-replay', ...command('k9') }),
    );
    await portal.put(
      key.sign({
        type: 'run',
        job: 'bullmq/report',
        runId: 'run-1',
      }),
    );
    await portal.put(signed('good'));
    expect(await outcomeOf('good')).toBe('delivered');
    // the stream is read in order: what came before the good one was refused
    expect(said).toEqual([
      'A replay is not obeyed: it is not signed',
      expect.stringMatching(/^A replay is not obeyed: it expired/),
      'A replay is not obeyed: no key named k9 is configured',
      expect.stringMatching(
        /^A replay is not obeyed: it is not such a request/,
      ),
    ]);
    expect(receiver.requests).toHaveLength(2);
  });

  it('[protocol.3] are not done either where somebody writes one to the queue, past the stream', async () => {
    const queue = new Queue('webhooks', {
      connection: redis.client(),
      prefix: redis.queuePrefix,
    });
    const forged = await queue.add(
      'replay',
      { v: 1, kind: 'replay', message: command('past'), createdAt: Date.now() },
      { jobId: 'r-past' },
    );
    while ((await forged.getState()) !== 'failed') {
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    const [job] = await queue.getFailed();
    expect(job.failedReason).toBe('A replay is not obeyed: it is not signed');
    expect(receiver.requests).toHaveLength(1);
    await queue.close();
  });

  it('[protocol.3] are stopped by a signed stop of theirs alone', async () => {
    const stop = (bulkId: string, of = bulkId) =>
      key.sign({ type: 'webhook-replay-stop', bulkId: of });
    const write = (bulkId: string, text: string) =>
      portal.redis.set(portal.keys.webhookReplayStop(bulkId), text);
    await write('b1', '1');
    await write('b2', JSON.stringify(stop('b2', 'b9')));
    await write('b3', JSON.stringify(stop('b3')));
    for (const bulk of ['b1', 'b2', 'b3']) {
      await portal.put(signed(`of-${bulk}`, bulk));
    }
    expect(await outcomeOf('of-b1')).toBe('delivered');
    expect(await outcomeOf('of-b2')).toBe('delivered');
    expect(await outcomeOf('of-b3')).toBe('stopped');
  });
});
