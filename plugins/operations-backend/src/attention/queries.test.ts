import { mockServices } from '@backstage/backend-test-utils';
import { FakeEngine } from '../__testUtils__/FakeEngine';
import { createTestDatabases } from '../__testUtils__/databases';
import { aRegistration, ended } from '../__testUtils__/records';
import { createJobAttention } from '../jobs/attention/createJobAttention';
import type { Fleet, PlatformHealth } from '../jobs/ports';
import { QueueSamples } from '../jobs/queues/QueueSamples';
import { DatabaseRunRecorder } from '../jobs/recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from '../jobs/registry/DatabaseJobRegistry';
import { Acknowledgements } from './Acknowledgements';
import { AttentionEvaluator } from './AttentionEvaluator';
import { AttentionNotifier } from './AttentionNotifier';
import { AttentionStore } from './AttentionStore';
import { NotificationClaims } from './NotificationClaims';

jest.setTimeout(60_000);

const T0 = Date.parse('2026-11-20T08:00:00Z');
/** What docs/attention.md states. */
const QUERIES = 25;

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('an evaluation on %s', id => {
  /**
   * Evaluates a platform of so many jobs, of which every second failed; says how many queries each
   * of three looks made.
   */
  async function queriesOf(jobs: number): Promise<number[]> {
    const knex = await databases.init(id);
    const logger = mockServices.logger.mock();
    const registry = new DatabaseJobRegistry(knex);
    const registrations = Array.from({ length: jobs }, (_, i) =>
      aRegistration({ name: `job-${i}`, missedAfterMs: 1000 }),
    );
    await registry.syncRegistrations(
      registrations.map(registration => ({ registration, seenAt: T0 })),
      T0,
    );
    await new DatabaseRunRecorder(knex).record(
      registrations.map(({ name }, i) =>
        ended({
          id: `run-${i}`,
          job: name,
          state: i % 2 ? 'failed' : 'succeeded',
          startedAt: '2026-11-20T02:00:00.000Z',
        }),
      ),
    );
    const engine = new FakeEngine();
    const store = new AttentionStore(knex);
    let now = T0;
    const evaluator = new AttentionEvaluator({
      store,
      acknowledgements: new Acknowledgements(knex),
      logger,
      now: () => now,
      onChanged: () => {},
      notifier: new AttentionNotifier(
        new NotificationClaims(knex),
        { send: async () => {} },
        logger,
        '/operations',
        [],
      ),
      sources: [
        createJobAttention({
          ...{ knex, registry, logger },
          engines: new Map([[engine.name, engine]]),
          health: {
            available: true,
            troubles: [] as PlatformHealth['troubles'],
            clockSkewMs: 0,
            fleet: { workers: () => [] } as Partial<Fleet>,
          } as PlatformHealth,
          config: mockServices.rootConfig(),
          samples: new QueueSamples(knex),
        }),
      ],
    });
    const looks: number[] = [];
    let queries = 0;
    knex.on('query', () => (queries += 1));
    for (let look = 0; look < 3; look++) {
      queries = 0;
      await evaluator.evaluate();
      looks.push(queries);
      now += 10_000;
    }
    const [{ n }] = await knex('attention_items').count({ n: '*' });
    expect(Number(n)).toBe(Math.floor(jobs / 2));
    return looks;
  }

  it('[attention.6] makes as many queries for three hundred jobs as for ten, and no more than stated', async () => {
    const [few, many] = [await queriesOf(10), await queriesOf(300)];
    // the first look opens items: a query more per hundred of them
    expect(many[0] - few[0]).toBeLessThanOrEqual(2);
    expect(many.slice(1)).toEqual(few.slice(1));
    expect(Math.max(...few)).toBeLessThanOrEqual(QUERIES);
  });
});
