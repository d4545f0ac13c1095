import type { CacheNode } from '@craft-easy/backstage-plugin-operations-node';
import { Allowance } from './Allowance';
import { timed } from './answerTime';
import { Latency } from './Latency';
import { Price } from './Price';

/**
 * What keys are sent to a server for: being looked at (SCAN, EXISTS), or being removed (UNLINK,
 * PEXPIREAT).
 */
export type Work = 'look' | 'remove';

/**
 * A server does one thing at a time: so long may a call of ours keep others waiting, milliseconds.
 */
const CALL_MS = 0.2;
/** Of the server's time, for everything that a purge has it do. */
const SHARE = 0.2;
/** To take a call in and to answer it costs something whatever it is about. */
const CALL_OVERHEAD_MS = 0.02;
/**
 * Keys in one call. Not fewer than is worth a journey, not more than a wrong measurement may do
 * harm with.
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
 * How hard a purge goes at a server. What the server pays is what is counted: the keys it removes,
 * never more a second than the rate; and the time that it is busy for us, whether with removing or
 * with looking at keys that do not match. Calls go one after the other, each as large as keeps the
 * server busy for a moment that nobody notices, with gaps between them; all of it slower while the
 * server's other clients wait longer.
 */
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

  /**
   * Slower or faster, by what the last pings took: down at once and by much, up slowly, as TCP
   * does, and for the same reason.
   */
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
    // the way there and back is not the server's time; waiting for what it does for others is
    // counted as ours, which is the safe side. What a few keys take says nothing of many
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
