import { performance } from 'node:perf_hooks';
import { Pacer } from './Pacer';
import { testTarget } from './__testUtils__/purges';

const target = testTarget({ url: 'redis://127.0.0.1:1' });
const aPacer = (rate = target.defaultKeysPerSecond) =>
  new Pacer(rate, target.maxAddedLatencyMs);

describe('the pace of a purge', () => {
  it('[caches.5] is 20,000 keys a second by default, in commands too small to be felt, and is not exceeded', async () => {
    expect(target.defaultKeysPerSecond).toBe(20_000);
    const pacer = aPacer();
    expect(pacer.batchSize).toBeLessThanOrEqual(50);
    expect(pacer.scanCount).toBeLessThanOrEqual(200);
    const begun = performance.now();
    for (let keys = 0; keys < 6_000; keys += pacer.batchSize) {
      await pacer.take('keys', pacer.batchSize);
    }
    // a burst of a hundredth of a second may be saved up, and a timer rounds by a millisecond
    expect(performance.now() - begun).toBeGreaterThan(300 - 15);
  });

  it('[caches.5] holds for keys that are looked at as well: few matches must not make it a scan at full speed', async () => {
    const pacer = aPacer();
    const begun = performance.now();
    for (let keys = 0; keys < 60_000; keys += pacer.scanCount) {
      await pacer.take('scanned', pacer.scanCount);
    }
    expect(performance.now() - begun).toBeGreaterThan(300 - 15);
  });

  it('[caches.5] falls at once when others wait a millisecond longer than before, and comes back when they do not', () => {
    const pacer = aPacer();
    pacer.calibrate([0.3, 0.4, 0.5]);
    for (let i = 0; i < 10; i++) pacer.observe(0.4);
    expect(pacer.share).toBe(1);
    for (let i = 0; i < 15; i++) pacer.observe(2);
    expect(pacer.share).toBeLessThan(0.25);
    for (let i = 0; i < 100; i++) pacer.observe(0.4);
    expect(pacer.share).toBe(1);
  });

  it('does not wait where the operator asked for no throttle', async () => {
    const pacer = aPacer(0);
    expect(pacer.batchSize).toBe(1_000);
    const begun = performance.now();
    for (let i = 0; i < 1_000; i++) await pacer.take('keys', 1_000);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
