/**
 * The pace of a purge.
 *
 * A server of Redis does one thing at a time, so whatever a purge asks of it makes its other
 * clients wait. Three things are bounded, and the strictest of them sets the pace.
 *
 * 1. Keys. No more keys are removed per second than the purge's rate.
 * 2. Time. No more than a fifth of the server's time ({@link SHARE}) is spent on the purge, whether
 *    with removing keys or with looking at keys that do not match. A call has as many keys as keep
 *    the server busy for a fifth of a millisecond, and pauses between the calls give the rest of
 *    the time to others. What a key costs is measured: the time of each call, less the time that a
 *    PING takes when nothing is in its way, by the number of keys. The median of the last calls
 *    counts, since a single late answer may have waited for another client ({@link Price}).
 * 3. Latency. A PING on a second connection feels, forty times a second, how long other clients
 *    wait ({@link Latency}). While it takes longer than before by more than the target allows, the
 *    pace falls by a fifth with each measurement; else it recovers by two hundredths. Down fast and
 *    up slowly, as TCP does, and for the same reason: what is too fast does more harm than what is
 *    too slow.
 *
 * An allowance is a moment up to which all is spent ({@link Allowance}): whoever spends moves it
 * into the future and waits until it has come. Little is saved up while nothing happens, or a pause
 * would end in a burst.
 *
 * Times that this process measured while it was busy itself are left out ({@link timed}): the
 * answer may have lain unread.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { CacheNode } from '@craft-easy/backstage-plugin-operations-node';
import { Latency, quantile, timed } from './Latency';

/**
 * What keys are sent to a server for: being looked at (SCAN, EXISTS), or being removed (UNLINK,
 * PEXPIREAT).
 */
export type Work = 'look' | 'remove';

/** How long one call may keep the server busy, in milliseconds. */
const CALL_MS = 0.2;
/** The share of the server's time that a purge may use. */
const SHARE = 0.2;
/** What each call costs the server, however many keys it has. */
const CALL_OVERHEAD_MS = 0.02;
/**
 * Keys in one call: enough to be worth a round trip, and few enough that a wrong measurement does
 * little harm.
 */
const KEYS = {
  look: { least: 50, most: 500, unthrottled: 1_000, guessMs: 0.001 },
  remove: { least: 10, most: 200, unthrottled: 1_000, guessMs: 0.004 },
};
/**
 * A call removes at most what a hundredth of a second allows, so that a low rate is an even one.
 */
const CALLS_PER_SECOND = 100;
const SLOWEST = 0.05;

/**
 * What may be saved up while there is nothing to do: little, or a pause would end in a burst. A
 * timer that is late by less than this costs nothing.
 */
const SAVED_MS = 10;

/** What may be spent at a steady rate only. */
class Allowance {
  /** the moment up to which it is spent */
  private due = 0;

  /** Returns once all that was spent has come in again. */
  async ready(): Promise<void> {
    const ahead = this.due - performance.now();
    // a timer has whole milliseconds, and is late by about one
    if (ahead > 0.5) await wait(ahead);
  }

  /** @param ms - how long it takes to come in again */
  spend(ms: number): void {
    this.due = Math.max(this.due, performance.now() - SAVED_MS) + ms;
  }
}

const SAMPLES = 21;
const ENOUGH = 5;
/** What measures as nothing is not free: a command is read, looked up and answered. */
const LEAST_MS = 0.0002;

/**
 * What a key costs the server in one kind of call, in milliseconds of its time; a guess until
 * enough calls were measured.
 */
class Price {
  private readonly samples: number[] = [];

  constructor(private readonly guessMs: number) {}

  /** @param ms - how long the server was busy with a call */
  note(ms: number, keys: number): void {
    this.samples.push(Math.max(LEAST_MS, ms / keys));
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  get msPerKey(): number {
    if (this.samples.length < ENOUGH) return this.guessMs;
    return quantile(this.samples, 0.5)!;
  }
}

export class Pacer {
  readonly latency = new Latency();
  private readonly keys = new Allowance();
  private readonly time = new Allowance();
  private readonly prices = {
    look: new Price(KEYS.look.guessMs),
    remove: new Price(KEYS.remove.guessMs),
  };
  private factor = 1;
  private turn: Promise<unknown> = Promise.resolve();

  /**
   * @param keysPerSecond - 0: as fast as it goes
   * @param maxAddedLatencyMs - how much longer than before a PING may take until the pace is
   * lowered
   */
  constructor(
    readonly keysPerSecond: number,
    private readonly maxAddedLatencyMs: number,
  ) {}

  get throttled(): boolean {
    return this.keysPerSecond > 0;
  }

  /** The pace at this moment, as a share of what is allowed at most. */
  get share(): number {
    return this.factor;
  }

  /** How many keys the next call may be about. */
  size(work: Work): number {
    const { least, most, unthrottled } = KEYS[work];
    if (!this.throttled) return unthrottled;
    const affordable = Math.round(CALL_MS / this.prices[work].msPerKey);
    const size = Math.min(most, Math.max(least, affordable));
    if (work === 'look') return size;
    const rate = this.keysPerSecond * this.factor;
    return Math.max(1, Math.min(size, Math.round(rate / CALLS_PER_SECOND)));
  }

  /**
   * Makes a call once it is due.
   * @param node - the server it goes to; absent: whichever servers the keys are on
   */
  async call<T>(
    work: Work,
    keys: number,
    node: CacheNode | undefined,
    action: () => Promise<T>,
  ): Promise<T> {
    if (!this.throttled) return action();
    if (work === 'remove') {
      await this.keys.ready();
      this.keys.spend((keys * 1000) / (this.keysPerSecond * this.factor));
    }
    const mine = this.turn.then(async () => {
      await this.time.ready();
      const { value, ms } = await timed(action);
      this.pay(work, keys, ms, this.latency.normal(node?.id));
      return value;
    });
    this.turn = mine.catch(() => {});
    return mine;
  }

  /** Lowers or raises the pace by what the last pings took. */
  adapt(): void {
    this.factor =
      this.latency.added > this.maxAddedLatencyMs
        ? Math.max(SLOWEST, this.factor * 0.8)
        : Math.min(1, this.factor + 0.02);
  }

  private pay(
    work: Work,
    keys: number,
    ms: number | undefined,
    wayMs: number | undefined,
  ) {
    const price = this.prices[work];
    // The round trip is not the server's time. Waiting for what it does for others counts as ours,
    // which makes the purge slower at worst. The time of a few keys says nothing about many.
    if (
      ms !== undefined &&
      wayMs !== undefined &&
      keys >= KEYS[work].least / 2
    ) {
      price.note(ms - wayMs, keys);
    }
    const busy = CALL_OVERHEAD_MS + keys * price.msPerKey;
    this.time.spend(busy / (SHARE * this.factor));
  }
}
