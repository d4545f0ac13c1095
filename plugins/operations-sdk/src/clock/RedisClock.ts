import {
  timeOf,
  type RedisClient,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';

/** One look at Redis' time. */
interface Sample {
  /** Redis' time less this process' monotonic clock, ms */
  offset: number;
  /** by how much the offset may be wrong, ms */
  error: number;
  /** when it was taken, by the monotonic clock */
  at: number;
}

const KEPT_SAMPLES = 8;
/** Two good clocks drift apart by less than this: a thousandth. */
const DRIFT = 0.001;
/** What a look may be off by besides half of its round trip. */
const RESOLUTION_MS = 2;

/** The clocks of this process; a test has its own. */
interface LocalClocks {
  /** milliseconds that only ever go forward, at a steady pace */
  monotonic(): number;
  /** epoch milliseconds, as the machine believes */
  wall(): number;
}

const LOCAL: LocalClocks = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
};

/**
 * Redis' time, without asking Redis: the process' monotonic clock plus the offset that was last
 * measured. A wall clock that is wrong or jumps changes nothing, and the time goes on while Redis
 * is away. Before the first measurement it is the time of the machine.
 */
export class RedisClock {
  private samples: Sample[] = [];
  private offset: number;

  constructor(private readonly local: LocalClocks = LOCAL) {
    this.offset = local.wall() - local.monotonic();
  }

  /** Epoch milliseconds. */
  now(): number {
    return Math.floor(this.local.monotonic() + this.offset);
  }

  /** Redis' time less this process' monotonic clock; undefined before the first measurement. */
  get offsetMs(): number | undefined {
    return this.samples.length > 0 ? this.offset : undefined;
  }

  /** By how much the machine's clock is ahead of Redis'; negative where it is behind. */
  get skewMs(): number {
    return Math.round(this.local.wall() - this.local.monotonic() - this.offset);
  }

  /**
   * Asks Redis for its time. The best of the last answers counts: the one that came quickest.
   * @param key - of what goes by the time: the servers of a cluster have clocks of their own
   */
  async measure(client: RedisClient, key: string): Promise<void> {
    const asked = this.local.monotonic();
    const time = await timeOf(client, key);
    const answered = this.local.monotonic();
    this.take({
      offset: time - (asked + answered) / 2,
      error: (answered - asked) / 2 + RESOLUTION_MS,
      at: answered,
    });
  }

  private take(sample: Sample): void {
    const contradicts = (known: Sample) =>
      Math.abs(known.offset - sample.offset) >
      sample.error + errorAt(known, sample.at);
    // Redis' clock was set, another server took over, or this machine slept: only this one counts
    const known = this.samples.some(contradicts) ? [] : this.samples;
    this.samples = [...known, sample].slice(-KEPT_SAMPLES);
    this.offset = this.samples.reduce((best, other) =>
      errorAt(other, sample.at) < errorAt(best, sample.at) ? other : best,
    ).offset;
  }
}

function errorAt(sample: Sample, moment: number): number {
  return sample.error + (moment - sample.at) * DRIFT;
}
