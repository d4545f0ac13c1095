import { performance } from 'node:perf_hooks';
import {
  setImmediate as nextTurn,
  setTimeout as wait,
} from 'node:timers/promises';
import type { CacheNode } from '@craft-easy/backstage-plugin-operations-node';
import { testTarget } from '../__testUtils__/purges';
import { timed } from './Latency';
import { Pacer, type Work } from './Pacer';

const target = testTarget({ url: 'redis://127.0.0.1:1' });
const server = { id: 'a' } as CacheNode;
/** Calls after which a price is known, even if this process was held up in some of them. */
const KNOWN = 15;
const aPacer = (rate = target.defaultKeysPerSecond) =>
  new Pacer(rate, target.maxAddedLatencyMs);
/** A pacer that knows how far away its server is. */
function near(rate?: number, wayMs = 0) {
  const pacer = aPacer(rate);
  pings(pacer, wayMs, 10);
  return pacer;
}
function pings(pacer: Pacer, ms: number, n: number) {
  for (let i = 0; i < n; i++) {
    pacer.latency.note(server.id, ms);
    pacer.adapt();
  }
}
/**
 * Calls of whatever size is allowed, of which each takes the server so long.
 *
 * @returns milliseconds, all in all
 */
async function calls(pacer: Pacer, work: Work, n: number, ms: number) {
  const begun = performance.now();
  for (let i = 0; i < n; i++) {
    await pacer.call(work, pacer.size(work), server, () =>
      ms > 0 ? wait(ms) : nextTurn(),
    );
  }
  return performance.now() - begun;
}

/**
 * Calls of which each takes the server so long, until the pacer allows calls of that size. A fixed
 * number is not enough: while this process is held up, a call teaches the pacer nothing.
 */
async function learn(pacer: Pacer, work: Work, ms: number, size: number) {
  for (let n = 0; n < 400 && pacer.size(work) !== size; n++) {
    await calls(pacer, work, 1, ms);
  }
  expect(pacer.size(work)).toBe(size);
}

describe('the pace of a purge', () => {
  it('[caches.5] is more than 20,000 keys a second by default, and is not exceeded', async () => {
    expect(target.defaultKeysPerSecond).toBeGreaterThan(20_000);
    const pacer = aPacer(20_000);
    const begun = performance.now();
    for (let keys = 0; keys < 6_000; ) {
      const size = pacer.size('remove');
      keys += size;
      await pacer.call('remove', size, server, () => nextTurn());
    }
    // a hundredth of a second may be saved up, the last call is on credit, and a timer rounds
    expect(performance.now() - begun).toBeGreaterThan(300 - 25);
  });

  it('[caches.5] counts the time that the server is busy: of what does not match, too, it does no more than takes a fifth of it', async () => {
    const pacer = near();
    await learn(pacer, 'look', 1, 50);
    const elapsed = await calls(pacer, 'look', 20, 1);
    expect(elapsed).toBeGreaterThan(20 / 0.2 - 25);
  });

  it('[caches.5] begins with calls too small to be felt, makes them smaller where a key costs the server more, and larger where it costs less', async () => {
    const pacer = near();
    expect(pacer.size('look')).toBeLessThanOrEqual(200);
    expect(pacer.size('remove')).toBeLessThanOrEqual(50);
    await learn(pacer, 'look', 2, 50);
    // large values: looking at their keys is as cheap as ever
    await learn(pacer, 'remove', 2, 10);
    const fast = near();
    await calls(fast, 'look', KNOWN, 0);
    expect(fast.size('look')).toBeGreaterThan(200);
  });

  it('[caches.5] sends one call at a time, whatever it is for', async () => {
    const pacer = near();
    let under = 0;
    let most = 0;
    const call = (work: Work) =>
      pacer.call(work, 10, server, async () => {
        under += 1;
        most = Math.max(most, under);
        await wait(1);
        under -= 1;
      });
    await Promise.all(
      [...'abcdefgh'].map((_, i) => call(i % 2 ? 'look' : 'remove')),
    );
    expect(most).toBe(1);
    // one that fails does not hold the others up
    const failed = pacer.call('look', 1, server, async () => {
      throw new Error('away');
    });
    await expect(failed).rejects.toThrow('away');
    await call('look');
  });

  it('does not take a long way for a slow server', async () => {
    const pacer = near(undefined, 40);
    await calls(pacer, 'look', KNOWN, 20);
    expect(pacer.size('look')).toBeGreaterThan(200);
    // nor a guess for a measurement, before it knows the way
    const stranger = aPacer();
    await calls(stranger, 'look', KNOWN, 2);
    expect(stranger.size('look')).toBe(200);
  });

  it("is not misled by this process's own delays: an answer that may have lain unread counts for nothing", async () => {
    const unread = await timed(async () => {
      const answer = wait(1);
      const until = performance.now() + 30;
      while (performance.now() < until);
      await answer;
    });
    expect(unread.ms).toBeUndefined();
    const read = await timed(() => wait(20));
    expect(read.ms).toBeGreaterThan(15);
  });

  it('[caches.5] falls at once when others wait a millisecond longer than before, and comes back when they do not', () => {
    const pacer = near(undefined, 0.4);
    expect(pacer.share).toBe(1);
    pings(pacer, 2, 15);
    expect(pacer.share).toBeLessThan(0.25);
    pings(pacer, 0.4, 100);
    expect(pacer.share).toBe(1);
  });

  it('heeds the server of a cluster that is worst off, each by what is normal for it', () => {
    const pacer = near(undefined, 0.4);
    for (let i = 0; i < 40; i++) pacer.latency.note('far away', 9);
    pacer.adapt();
    expect(pacer.share).toBe(1);
    for (let i = 0; i < 10; i++) pacer.latency.note('far away', 11);
    pacer.adapt();
    expect(pacer.share).toBeLessThan(1);
  });

  it('is even at a low rate', () => {
    expect(aPacer(100).size('remove')).toBe(1);
    expect(aPacer(1).size('remove')).toBe(1);
  });

  it('does not wait where the operator asked for no throttle', async () => {
    const pacer = aPacer(0);
    expect(pacer.size('remove')).toBe(1_000);
    expect(pacer.size('look')).toBe(1_000);
    expect(await calls(pacer, 'remove', 1_000, 0)).toBeLessThan(1_000);
  });
});
