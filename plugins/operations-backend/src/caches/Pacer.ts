import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/** Keys examined for each that may be removed: a scan of what does not match costs the server less, but not nothing. */
const SCANNED_PER_KEY = 10;
/** What may be saved up while nothing was to do, in seconds: little, or a pause would end in a burst. */
const BURST_SECONDS = 0.01;
const SLOWEST = 0.05;
const SAMPLES = 200;

/** How fast a purge goes: a rate that is never exceeded, and slows down while the server's other clients wait longer. */
export class Pacer {
  private readonly buckets = { keys: bucket(), scanned: bucket() };
  private readonly latencies: number[] = [];
  private baseline = Number.POSITIVE_INFINITY;
  private factor = 1;

  /**
   * @param keysPerSecond - 0: as fast as it goes
   * @param maxAddedLatencyMs - how much longer than before a PING may take until the pace is lowered
   */
  constructor(
    readonly keysPerSecond: number,
    private readonly maxAddedLatencyMs: number,
  ) {}

  get throttled(): boolean {
    return this.keysPerSecond > 0;
  }

  /** Keys to remove with one command: small enough to be a short wait for anybody else. */
  get batchSize(): number {
    if (!this.throttled) return 1_000;
    return Math.min(200, Math.max(10, Math.round(this.keysPerSecond / 400)));
  }

  /** COUNT of a scan step. */
  get scanCount(): number {
    return this.throttled ? 200 : 1_000;
  }

  /** The pace at this moment, as a share of the rate. */
  get share(): number {
    return this.factor;
  }

  /** p99 of the last pings, milliseconds; undefined before the first. */
  get latencyMs(): number | undefined {
    return quantile(this.latencies, 0.99);
  }

  /** Takes what is due for so many keys; returns once that is allowed. */
  async take(kind: 'keys' | 'scanned', amount: number): Promise<void> {
    if (!this.throttled) return;
    const rate =
      this.keysPerSecond *
      this.factor *
      (kind === 'scanned' ? SCANNED_PER_KEY : 1);
    const it = this.buckets[kind];
    const now = performance.now();
    // `due` is the moment up to which the rate is spent; it never lags behind by more than a burst
    it.due = Math.max(it.due, now - BURST_SECONDS * 1000);
    it.due += (amount / rate) * 1000;
    // a timer is late by about a millisecond: what it oversleeps is caught up by the next one
    if (it.due > now + 1) await wait(it.due - now);
  }

  /** What pings took before the purge began: the measure of what is normal. */
  calibrate(pingsMs: number[]): void {
    this.baseline = quantile(pingsMs, 0.5) ?? this.baseline;
  }

  /** What a ping takes while the purge runs. */
  observe(pingMs: number): void {
    this.latencies.push(pingMs);
    if (this.latencies.length > SAMPLES) this.latencies.shift();
    // the median: a single late answer may as well be this process's own fault
    const recent = quantile(this.latencies.slice(-10), 0.5) ?? 0;
    this.baseline = Math.min(this.baseline, recent);
    // down at once and by much, up slowly: as TCP does, and for the same reason
    if (recent > this.baseline + this.maxAddedLatencyMs) {
      this.factor = Math.max(SLOWEST, this.factor * 0.8);
    } else {
      this.factor = Math.min(1, this.factor + 0.02);
    }
  }
}

function bucket() {
  return { due: 0 };
}

function quantile(values: number[], q: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
