import { mockServices } from '@backstage/backend-test-utils';
import { runRecordSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RunRecordInput } from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  CarryingEngine,
  JobEngine,
} from '@craft-easy/backstage-plugin-operations-node';
import { aRecord, FakeRecorder, FakeRegistry } from '../__testUtils__/fakes';
import type { StreamState } from '../streams/ReportStream';
import { PLATFORM_TIMINGS } from '../timings';
import { LostRuns } from './LostRuns';

jest.setTimeout(30_000);

type Where = Awaited<ReturnType<CarryingEngine['locate']>>;

/** A platform of which one says who lives and what the queues hold. */
function aPlatform() {
  const recorder = new FakeRecorder();
  const alive = new Map<string, { running: string[]; reportsRuns: boolean }>();
  const where = new Map<string, Where | Error>();
  const locate = jest.fn(async (_job: unknown, run: { runId: string }) => {
    const answer = where.get(run.runId) ?? 'unknown';
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const lost = new LostRuns({
    recorder,
    registry: new FakeRegistry(recorder),
    logger: mockServices.logger.mock(),
    logReader: {
      read: async () => ({
        lines: [{ n: 7, time: new Date().toISOString(), text: 'last words' }],
        totalLines: 7,
      }),
    },
    workers: {
      get: (id: string) => alive.get(id),
      isRunning: (id: string) =>
        [...alive.values()].some(w => w.running.includes(id)),
      lastKnown: () => ({ host: 'node-3', lastSeenAt: Date.now() - 1000 }),
    } as never,
    engines: new Map([['bullmq', { locate } as unknown as JobEngine]]),
    onApplied: () => {},
  });
  const active = (id: string, given: Partial<RunRecordInput>) =>
    recorder.record([
      runRecordSchema.parse(aRecord(id, { state: 'running', ...given })),
    ]);
  return {
    recorder,
    alive,
    where,
    locate,
    lost,
    active,
    state: (id: string) => recorder.runs.get(id)!.state,
  };
}

const recorded: StreamState = {
  ...{
    lag: 0,
    pending: 0,
    length: 0,
    capacity: 1,
    dropped: false,
    lastId: '5-0',
  },
  isRecorded: () => true,
};
const outstanding: StreamState = { ...recorded, isRecorded: () => false };

describe('the search for lost runs', () => {
  let platform: ReturnType<typeof aPlatform>;
  beforeEach(() => {
    jest.useFakeTimers();
    platform = aPlatform();
  });
  afterEach(() => jest.useRealTimers());

  /** A look now, and another after a while. */
  const lookTwice = async (seconds: number, stream = recorded) => {
    await platform.lost.look(() => stream);
    jest.advanceTimersByTime(seconds * 1000);
    await platform.lost.look(() => stream);
  };

  it('[jobs.5] ends the run of a dead worker, saying which worker, and keeps the end of its log', async () => {
    await platform.active('r', { workerId: 'w1' });
    platform.where.set('r', 'active');
    await lookTwice(6);
    expect(platform.recorder.runs.get('r')).toMatchObject({
      state: 'lost',
      attempt: 1,
      error: {
        name: 'WorkerLost',
        message: expect.stringContaining('Worker w1 on node-3 stopped'),
      },
      log: { lines: [{ text: 'last words' }], totalLines: 7 },
    });
  });

  it('concludes nothing from a single look, nor from looks before a reset', async () => {
    await platform.active('r', { workerId: 'w1' });
    await platform.lost.look(() => recorded);
    expect(platform.state('r')).toBe('running');
    jest.advanceTimersByTime(60_000);
    platform.lost.reset();
    await platform.lost.look(() => recorded);
    expect(platform.state('r')).toBe('running');
  });

  it('waits while reports are outstanding that may tell the ending', async () => {
    await platform.active('r', { workerId: 'w1' });
    await lookTwice(60, outstanding);
    expect(platform.state('r')).toBe('running');
    await platform.lost.look(() => recorded);
    expect(platform.state('r')).toBe('lost');
  });

  it('leaves alone what a live worker executes, whoever had it before', async () => {
    platform.alive.set('w2', { running: ['moved'], reportsRuns: true });
    platform.alive.set('w3', { running: [], reportsRuns: false });
    await platform.active('moved', { workerId: 'w1' });
    await platform.active('silent', { workerId: 'w3' });
    await lookTwice(600);
    expect(platform.state('moved')).toBe('running');
    expect(platform.state('silent')).toBe('running');
  });

  it('leaves alone what the engine has put back on the queue', async () => {
    await platform.active('r', { workerId: 'w1' });
    platform.where.set('r', 'queued');
    await lookTwice(600);
    expect(platform.state('r')).toBe('running');
  });

  it('ends what its live worker has not executed for twenty seconds', async () => {
    platform.alive.set('w1', { running: [], reportsRuns: true });
    await platform.active('r', { workerId: 'w1' });
    await lookTwice(15);
    expect(platform.state('r')).toBe('running');
    jest.advanceTimersByTime(6_000);
    await platform.lost.look(() => recorded);
    expect(platform.state('r')).toBe('lost');
  });

  it('ends a queued run that its queue has not known for twenty seconds, and says so', async () => {
    await platform.active('gone', { state: 'queued' });
    await platform.active('waits', { state: 'queued' });
    platform.where.set('waits', 'queued');
    await lookTwice(15);
    expect(platform.state('gone')).toBe('queued');
    jest.advanceTimersByTime(6_000);
    await platform.lost.look(() => recorded);
    expect(platform.recorder.runs.get('gone')).toMatchObject({
      state: 'lost',
      error: {
        name: 'RequestLost',
        message: expect.stringContaining('does not know this run any more'),
      },
    });
    expect(platform.state('waits')).toBe('queued');
  });

  it('[guarantees.9] shows each lost run within a minute after the end of an outage', () => {
    const { settleMs, lookEveryMs, lostAfterMs } = PLATFORM_TIMINGS;
    for (const afterMs of Object.values(lostAfterMs)) {
      // the first look finds it missing, and one after that time calls it lost
      expect(settleMs + afterMs + 2 * lookEveryMs).toBeLessThan(60_000);
    }
  });

  it('ends no queued run while the engine cannot be asked', async () => {
    await platform.active('r', { state: 'queued' });
    platform.where.set('r', new Error('away'));
    await lookTwice(600);
    expect(platform.state('r')).toBe('queued');
  });

  it('asks the engine a bounded number of questions a look, and in time about every run', async () => {
    for (let i = 0; i < 500; i++) {
      await platform.active(`r${i}`, { state: 'queued' });
      platform.where.set(`r${i}`, 'queued');
    }
    await platform.lost.look(() => recorded);
    expect(platform.locate.mock.calls.length).toBeLessThanOrEqual(200);
    await platform.lost.look(() => recorded);
    await platform.lost.look(() => recorded);
    const asked = new Set(
      platform.locate.mock.calls.map(([, run]) => run.runId),
    );
    expect(asked.size).toBe(500);
  });
});
