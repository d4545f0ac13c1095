import { getTestRedis } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { nextSlot } from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import { JobScheduler, Queue, type IQueueBackend } from 'bullmq';
import { IANAZone } from 'luxon';
import { createRepeatStrategy } from './repeatStrategy';

jest.setTimeout(300_000);

const START = Date.parse('2026-01-05T10:20:30Z');
const DAY_MS = 86_400_000;
const END = START + 2 * 365 * DAY_MS;

const ZONES = [
  ...['UTC', 'Europe/Stockholm', 'Europe/London', 'Europe/Dublin'],
  ...['Europe/Lisbon', 'Europe/Moscow', 'Europe/Chisinau', 'Asia/Beirut'],
  ...['Asia/Gaza', 'Asia/Jerusalem', 'Asia/Kathmandu', 'Asia/Kolkata'],
  ...['Asia/Tokyo', 'Asia/Tehran', 'Africa/Cairo', 'Africa/Casablanca'],
  ...['America/Havana', 'America/New_York', 'America/Los_Angeles'],
  ...['America/St_Johns', 'America/Santiago', 'America/Asuncion'],
  ...['America/Sao_Paulo', 'America/Nuuk', 'America/Scoresbysund'],
  ...['America/Phoenix', 'America/Tijuana', 'Atlantic/Azores'],
  ...['Atlantic/Bermuda', 'Antarctica/Troll', 'Australia/Lord_Howe'],
  ...['Australia/Sydney', 'Australia/Adelaide', 'Pacific/Auckland'],
  ...['Pacific/Chatham', 'Pacific/Norfolk', 'Pacific/Easter'],
  ...['Pacific/Apia', 'Pacific/Kiritimati', 'Pacific/Honolulu'],
];

const PATTERNS = [
  ...['0 0 * * *', '30 0 * * *', '15 1 * * *', '0 2 * * *', '30 2 * * *'],
  ...['45 2 * * *', '0 3 * * *', '30 3 1 * *', '59 23 * * *', '0 2,3 * * *'],
  ...['0 */6 * * *', '30 1-4 * * 0', '0 0 L * *', '0 4 * * 1#2'],
  ...['0 12 * * MON-FRI', '15 30 2 * * 0', '0 0 1 1,4,7,10 *', '7 * 29 3 *'],
];

/** As many slots of a pattern are compared: spread over the two years by what is skipped. */
const SLOTS_COMPARED = 12;

describe('a schedule as shown and as fired', () => {
  /** BullMQ's own scheduler, whose next slot goes nowhere but here. */
  function createScheduler() {
    let fired: number | undefined;
    const backend = {
      qualifiedName: 'bull:tick',
      keys: {},
      toKey: (type: string) => `bull:tick:${type}`,
      on: () => {},
      waitUntilReady: async () => {},
      close: async () => {},
      async updateJobSchedulerNextMillis(_id: string, next: number) {
        fired = next;
        return `repeat:tick:${next}`;
      },
    };
    const scheduler = new JobScheduler(
      'tick',
      {
        connection: {},
        settings: {
          repeatStrategy: createRepeatStrategy({ now: () => Date.now() }),
        },
      } as never,
      () => backend as unknown as IQueueBackend,
    );
    /** What BullMQ does when a worker takes the job of a slot. */
    return async (cron: string, timezone: string, slot: number) => {
      fired = undefined;
      await scheduler.upsertJobScheduler(
        'tick',
        { pattern: cron, tz: timezone },
        'tick',
        {},
        { prevMillis: slot } as never,
        { override: false, producerId: `repeat:tick:${slot}` },
      );
      return fired;
    };
  }

  beforeEach(() => {
    jest.useFakeTimers({
      now: START,
      doNotFake: [
        ...['hrtime', 'nextTick', 'performance', 'queueMicrotask'],
        ...['setImmediate', 'clearImmediate', 'setInterval'],
        ...['clearInterval', 'setTimeout', 'clearTimeout'],
      ] as never,
    });
  });
  afterEach(() => jest.useRealTimers());

  it('[protocol.6] is the same in every zone and pattern over two years', async () => {
    const fire = createScheduler();
    const differing: string[] = [];
    let compared = 0;
    for (const timezone of ZONES) {
      for (const cron of PATTERNS) {
        const schedule = { cron, timezone };
        let slot = nextSlot(schedule, START)!;
        for (let i = 0; slot < END && i < SLOTS_COMPARED; i++) {
          // taken a moment late, as ever
          jest.setSystemTime(slot + 40);
          const fired = await fire(cron, timezone, slot);
          // a page is looked at whenever somebody looks at it
          const between = slot + Math.floor((fired! - slot) * ((i % 7) / 7));
          for (const looked of [slot, between, fired! - 1]) {
            compared += 1;
            const shown = nextSlot(schedule, looked);
            if (shown !== fired) {
              differing.push(
                `${cron} ${timezone} after ${new Date(
                  slot,
                ).toISOString()}: shown ${shown}, fired ${fired}`,
              );
            }
          }
          slot = nearNextChange(timezone, fired!, schedule) ?? fired!;
        }
      }
    }
    expect(compared).toBeGreaterThan(1_848);
    expect(differing).toEqual([]);
  });

  it('[protocol.6] is the same where midnight does not exist, in a real queue', async () => {
    const server = await getTestRedis();
    jest.setSystemTime(Date.parse('2026-03-07T12:00:00Z'));
    const queue = new Queue('midnight', {
      connection: { url: server.url },
      prefix: server.queuePrefix,
      settings: {
        repeatStrategy: createRepeatStrategy({ now: () => Date.now() }),
      },
    });
    await queue.upsertJobScheduler('midnight', {
      pattern: '0 0 * * *',
      tz: 'America/Havana',
    });
    const { next } = (await queue.getJobScheduler('midnight'))!;
    expect(new Date(next!).toISOString()).toBe('2026-03-08T05:00:00.000Z');
    await queue.obliterate({ force: true });
    await queue.close();
    await server.close();
  });

  it('[protocol.6] leaves no slot out on a machine whose clock is ahead, and none fires early', () => {
    const schedule = { cron: '* * * * *', timezone: 'UTC' };
    const slot = nextSlot(schedule, START)!;
    for (const skew of [-25_000, -1_000, 0, 1_000, 25_000]) {
      const clock = { now: () => Date.now() - skew };
      const next = createRepeatStrategy(clock);
      // taken on time by Redis; by this machine it is some seconds earlier or later
      jest.setSystemTime(slot + 40 + skew);
      const millis = Math.max(slot, Date.now());
      expect(next(millis, { pattern: '* * * * *', tz: 'UTC' })).toBe(
        slot + 60_000,
      );
      // taken as soon as this machine believes that its time has come
      jest.setSystemTime(slot + 1);
      expect(next(slot + 1, { pattern: '* * * * *', tz: 'UTC' })).toBe(
        slot + 60_000,
      );
    }
  });
});

/** A slot of the day before the clocks of a zone are changed next. */
function nearNextChange(
  timezone: string,
  after: number,
  schedule: { cron: string; timezone: string },
): number | undefined {
  const zone = IANAZone.create(timezone);
  const now = zone.offset(after);
  for (let day = after; day < END; day += DAY_MS) {
    if (zone.offset(day + DAY_MS) === now) continue;
    const slot = nextSlot(schedule, day - DAY_MS);
    return slot !== undefined && slot > after ? slot : undefined;
  }
  return undefined;
}
