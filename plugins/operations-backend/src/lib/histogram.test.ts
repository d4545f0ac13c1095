import fc from 'fast-check';
import { count, merge, percentiles, type Histogram } from './histogram';

const of = (durations: number[]): Histogram => {
  const histogram: Histogram = {};
  for (const ms of durations) count(histogram, ms, 1);
  return histogram;
};

describe('a histogram of durations', () => {
  it('tells percentiles within 4 %', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 100, max: 10_000_000 }), { minLength: 1 }),
        durations => {
          const sorted = [...durations].sort((a, b) => a - b);
          for (const share of [0.5, 0.95]) {
            const exact = sorted[Math.ceil(share * sorted.length) - 1];
            const [estimate] = percentiles(of(durations), [share]);
            expect(Math.abs(estimate! - exact) / exact).toBeLessThan(0.045);
          }
        },
      ),
    );
  });

  it('is the same merged as counted at once, and empty when all is taken back', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.array(fc.nat()), (a, b) => {
        expect(merge(of(a), of(b))).toEqual(of([...a, ...b]));
        const histogram = of(a);
        for (const ms of a) count(histogram, ms, -1);
        expect(histogram).toEqual({});
      }),
    );
  });

  it('has no percentiles where there is nothing', () => {
    expect(percentiles({}, [0.5, 0.95])).toEqual([undefined, undefined]);
  });
});
