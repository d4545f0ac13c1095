/**
 * Durations in buckets whose bounds grow by 8 %: a percentile is off by at most 4 %, whatever the
 * range; two histograms are merged by adding; a day of a million runs is a few dozen numbers.
 */
export type Histogram = Record<string, number>;

const GROWTH = Math.log(1.08);

function bucketOf(ms: number): string {
  return String(Math.round(Math.log(Math.max(0, ms) + 1) / GROWTH));
}

/** Adds `count` (negative: takes back) of a duration. */
export function count(histogram: Histogram, ms: number, by: number): void {
  const bucket = bucketOf(ms);
  const value = (histogram[bucket] ?? 0) + by;
  if (value > 0) histogram[bucket] = value;
  else delete histogram[bucket];
}

export function merge(into: Histogram, other: Histogram): Histogram {
  for (const [bucket, n] of Object.entries(other)) {
    into[bucket] = (into[bucket] ?? 0) + n;
  }
  return into;
}

/** How many took longer than a time, to the width of a bucket. */
export function above(histogram: Histogram, ms: number): number {
  const bound = Number(bucketOf(ms));
  return Object.entries(histogram).reduce(
    (sum, [bucket, n]) => (Number(bucket) > bound ? sum + n : sum),
    0,
  );
}

/**
 * Durations (ms) below which the given shares of the runs stay; all undefined where there are none.
 */
export function percentiles(
  histogram: Histogram,
  shares: number[],
): Array<number | undefined> {
  const buckets = Object.entries(histogram)
    .map(([b, n]) => [Number(b), n])
    .sort((a, b) => a[0] - b[0]);
  const total = buckets.reduce((sum, [, n]) => sum + n, 0);
  return shares.map(share => {
    let seen = 0;
    for (const [bucket, n] of buckets) {
      seen += n;
      if (seen >= share * total)
        return Math.round(Math.exp(bucket * GROWTH) - 1);
    }
    return undefined;
  });
}
