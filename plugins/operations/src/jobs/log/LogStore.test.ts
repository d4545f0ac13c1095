import { waitFor } from '@testing-library/react';
import type {
  LogPage,
  LogQuery,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { LogStore } from './LogStore';

/** A log that answers as the backend does, and remembers what was asked. */
class FakeLog {
  asked: Array<Partial<LogQuery>> = [];
  ended = true;
  floor = 1;
  source: LogPage['source'] = 'live';
  failNext = 0;
  /** how many requests were under way at once, at most */
  atOnce = 0;
  private underWay = 0;
  /** by the number of their line */
  readonly texts = new Map<number, string>();

  constructor(public length: number) {}

  readonly fetch = async (query: Partial<LogQuery>): Promise<LogPage> => {
    this.asked.push(query);
    this.atOnce = Math.max(this.atOnce, ++this.underWay);
    await Promise.resolve();
    this.underWay--;
    if (this.failNext > 0) {
      this.failNext--;
      throw new TypeError('Failed to fetch');
    }
    const limit = query.limit ?? query.tail ?? 500;
    let from =
      query.after !== undefined ? query.after + 1 : this.length - limit + 1;
    from = Math.max(this.floor, from);
    const to = Math.min(this.length, from + limit - 1);
    return {
      lines: Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => ({
        n: from + i,
        time: '2026-11-24T02:14:00.000Z',
        text: this.texts.get(from + i) ?? `line ${from + i}`,
      })),
      nextAfter: Math.max(to, query.after ?? 0),
      totalLines: this.length,
      ended: this.ended,
      source: this.source,
    };
  };
}

async function opened(log: FakeLog) {
  const store = new LogStore(log.fetch);
  store.start();
  await waitFor(() => expect(store.loaded).toBe(true));
  return store;
}

describe('LogStore', () => {
  it('opens a log of 100,000 lines with one request, as one of 100', async () => {
    for (const length of [100, 100_000]) {
      const log = new FakeLog(length);
      const store = await opened(log);
      expect(log.asked).toEqual([{ tail: 500 }]);
      expect(store.total).toBe(length);
      expect(store.line(length)?.text).toBe(`line ${length}`);
      store.stop();
    }
  });

  it('loads what is scrolled to, once', async () => {
    const log = new FakeLog(100_000);
    const store = await opened(log);
    await Promise.all([
      store.ensure(49_990, 50_010),
      store.ensure(49_995, 50_015),
    ]);
    expect(log.asked.slice(1)).toEqual([
      { after: 49_500, limit: 500 },
      { after: 50_000, limit: 500 },
    ]);
    expect(store.line(50_000)?.text).toBe('line 50000');
    await store.ensure(49_990, 50_010);
    expect(log.asked).toHaveLength(3);
    store.stop();
  });

  it('follows a running log from where it left off, and stops when it has ended', async () => {
    const log = new FakeLog(3);
    log.ended = false;
    const store = await opened(log);
    log.length = 5;
    await waitFor(() => expect(store.line(5)).toBeDefined(), { timeout: 1000 });
    expect(log.asked[1]).toEqual({ after: 3, limit: 1000 });
    log.length = 6;
    log.ended = true;
    await waitFor(() => expect(store.ended).toBe(true));
    expect(store.line(6)).toBeDefined();
    const asked = log.asked.length;
    store.retry();
    store.stop();
    expect(log.asked.length - asked).toBeLessThanOrEqual(1);
  });

  it('goes on after an error, and says meanwhile that there is one', async () => {
    const log = new FakeLog(3);
    log.ended = false;
    const store = await opened(log);
    log.failNext = 1;
    await waitFor(() => expect(store.error).toBeDefined());
    log.length = 4;
    await waitFor(() => expect(store.line(4)).toBeDefined());
    expect(store.error).toBeUndefined();
    store.stop();
  });

  it('[truth.25] makes one loop of requests, however often it shall try again', async () => {
    const log = new FakeLog(3);
    log.ended = false;
    const store = await opened(log);
    const before = log.asked.length;
    for (let n = 0; n < 3; n++) store.retry();
    await waitFor(() => expect(log.asked.length).toBeGreaterThan(before + 1));
    // three loops would have asked three times at once
    expect(log.atOnce).toBe(1);
    store.stop();
  });

  it('knows that of a bounded log the beginning is gone', async () => {
    const log = new FakeLog(10_000);
    log.floor = 4_321;
    const store = await opened(log);
    await store.ensure(4_000, 4_400);
    expect(store.floor).toBe(4_321);
    store.stop();
  });

  it('knows that only the end was kept with a run whose log has expired', async () => {
    const log = new FakeLog(1_000);
    log.floor = 801;
    log.source = 'tail';
    const store = await opened(log);
    expect(store.floor).toBe(801);
    expect(store.complete).toBe(true);
    store.stop();
  });

  it('loads everything for a search, the newest first, and can be stopped', async () => {
    const log = new FakeLog(5_000);
    const store = await opened(log);
    await store.loadAll(new AbortController().signal);
    expect(store.complete).toBe(true);
    expect(log.asked[1]).toEqual({ after: 3_500, limit: 1_000 });
    expect(log.asked).toHaveLength(6);

    const other = await opened(new FakeLog(100_000));
    const abort = new AbortController();
    abort.abort();
    await other.loadAll(abort.signal);
    expect(other.complete).toBe(false);
    store.stop();
    other.stop();
  });

  it('knows what earlier lines set, also where they are loaded later', async () => {
    const log = new FakeLog(2_000);
    log.texts.set(100, '\u001b[31mred from here').set(1_900, 'reset\u001b[0m');
    const store = await opened(log);
    expect(store.coloursBefore(1_700)).toEqual([]);
    await store.loadAll(new AbortController().signal);
    expect(
      [100, 101, 1_700, 1_900, 1_901].map(n => store.coloursBefore(n)),
    ).toEqual([[], ['31'], ['31'], ['31'], []]);
    store.stop();
  });

  it('does not ask for ever for lines that do not come', async () => {
    const store = new LogStore(async () => ({
      lines: [],
      nextAfter: 0,
      totalLines: 50,
      ended: true,
      source: 'live',
    }));
    store.start();
    await waitFor(() => expect(store.loaded).toBe(true));
    await store.loadAll(new AbortController().signal);
    expect(store.knownCount).toBe(0);
    store.stop();
  });
});
