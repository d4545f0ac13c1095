import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type {
  ControlKind,
  ControlRecord,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  FlagRecord,
  MaintenanceRecord,
  RateLimitOverrideRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { OpenFeature } from '@openfeature/server-sdk';
import { OperationsFlagProvider } from '../flags';
import { Maintenance } from '../maintenance';
import { RateLimiter } from '../rate-limits';
import { Controls } from './Controls';
import { changed, publisherFor } from './__testUtils__/publish';

jest.setTimeout(30_000);

/** How long the controls of these tests are in force, by the real clock. */
const LIFE_MS = 1_500;
/** No control may be honoured so long after its end. */
const GRACE_MS = 100;
const DAY_MS = 86_400_000;
/** Limit, maintenance and flag, before their end and after it. */
const ON_TIME = { early: ['true true true'], late: ['false false false'] };
/** The real time, also while the machine's clock is made to be wrong. */
const realNow = Date.now.bind(Date);

describe('controls in force when their portal dies', () => {
  let server: PrivateTestRedis;
  let portal: ReturnType<typeof publisherFor>;
  let controls: Controls;
  let endsAt: number;

  beforeEach(async () => {
    server = await startPrivateRedis();
    portal = publisherFor(server.url, server.namespace);
    controls = new Controls({
      connection: server.url,
      namespace: server.namespace,
      onError: () => {},
    });
    await controls.ready;
  });

  afterEach(async () => {
    await controls.close();
    portal.close();
    await server.close();
  });

  const iso = (at: number) => new Date(at).toISOString();

  async function publish<R extends ControlRecord>(
    kind: ControlKind,
    record: Omit<R, 'v' | 'revision'>,
  ) {
    const revision = await portal.publish<R>(kind, [record]);
    const state = controls.state(kind);
    await changed(state, () => state.revision >= revision);
  }

  async function publishAll() {
    endsAt = Date.now() + LIFE_MS;
    const life = { startsAt: iso(Date.now() - 1), endsAt: iso(endsAt) };
    await publish<RateLimitOverrideRecord>('rate-limits', {
      ...life,
      id: 'lifted',
      subject: { kind: 'tenant', tenant: 'acme' },
      limit: { kind: 'multiplier', factor: 3 },
    });
    await publish<MaintenanceRecord>('maintenance', {
      ...life,
      id: 'window',
      scope: { kind: 'tenant', tenant: 'acme' },
      mode: 'offline',
      timezone: 'UTC',
      messages: {},
      holdJobs: true,
    });
    await publish<FlagRecord>('flags', {
      id: 'for-a-while',
      type: 'boolean',
      variants: { on: true, off: false },
      variant: 'on',
      until: iso(endsAt),
      afterVariant: 'off',
    });
  }

  it.each([
    ['Redis goes on', false],
    ['Redis is dead too', true],
  ])(
    '[controls.1] [controls.3] [controls.4] end on time in a process of the platform, by its clock alone (%s)',
    async (_name, redisDies) => {
      expect(await sampleEnds({ redisDies, jumpMs: 0 })).toEqual(ON_TIME);
    },
  );

  it.each([
    ['forward', DAY_MS],
    ['back', -DAY_MS],
  ])(
    "[protocol.6] end on time where the machine's clock jumps %s by a day and Redis is dead",
    async (_name, jumpMs) => {
      expect(await sampleEnds({ redisDies: true, jumpMs })).toEqual(ON_TIME);
    },
  );

  /** What was honoured before the end and after it, each answer once. */
  async function sampleEnds({
    redisDies,
    jumpMs,
  }: {
    redisDies: boolean;
    jumpMs: number;
  }) {
    const limiter = new RateLimiter({
      controls,
      connection: server.url,
      namespace: server.namespace,
      tenant: { limit: 1_000_000, windowSeconds: 60 },
    });
    const maintenance = new Maintenance(controls);
    await OpenFeature.setProviderAndWait(
      new OperationsFlagProvider({ controls }),
    );
    await publishAll();
    portal.close();
    if (redisDies) await server.stop();
    const wall = jest
      .spyOn(Date, 'now')
      .mockImplementation(() => realNow() + jumpMs);

    // a machine may stall between question and answer: an answer counts as early by the time
    // after it, and as late by the time before the question
    const samples: Array<{
      asked: number;
      answered: number;
      honoured: boolean[];
    }> = [];
    for (;;) {
      const asked = realNow();
      const state = maintenance.stateOf('acme');
      const [decision, flag] = await Promise.all([
        limiter.consume({ tenant: 'acme' }),
        OpenFeature.getClient().getBooleanValue('for-a-while', false),
      ]);
      const limit = decision.quota?.limit;
      samples.push({
        asked,
        answered: realNow(),
        honoured: [limit === 3_000_000, state !== undefined, flag],
      });
      if (asked > endsAt + 2 * GRACE_MS) break;
      await new Promise(resolve => setImmediate(resolve));
    }
    const early = samples.filter(
      ({ answered }) => answered < endsAt - GRACE_MS,
    );
    const late = samples.filter(({ asked }) => asked >= endsAt + GRACE_MS);
    wall.mockRestore();
    await OpenFeature.close();
    await limiter.close();
    const answers = (some: typeof samples) => [
      ...new Set(some.map(({ honoured }) => honoured.join(' '))),
    ];
    return { early: answers(early), late: answers(late) };
  }

  it('[controls.1] [controls.3] are gone from Redis with their end, when no process of portal or platform is left to remove them', async () => {
    await publishAll();
    const { keys } = portal;
    await controls.close();
    const plain = portal.redis.duplicate();
    portal.close();
    const records = [
      keys.control('rate-limits', 'lifted'),
      keys.control('maintenance', 'window'),
    ];
    let last = 0;
    for (;;) {
      const answer = await plain
        .multi()
        .time()
        .exists(...records)
        .exec();
      const [seconds, micros] = answer![0][1] as [number, number];
      const at = Number(seconds) * 1000 + Number(micros) / 1000;
      if (answer![1][1] === 0) break;
      expect(answer![1][1]).toBe(2);
      last = at;
      await new Promise(resolve => setImmediate(resolve));
    }
    expect(last).toBeGreaterThan(endsAt - LIFE_MS);
    expect(last).toBeLessThan(endsAt + GRACE_MS);
    plain.disconnect();
  });
});
