import type { RedisClock } from '../../clock';
import type { JobDefinition } from '../declare/types';
import { shortestInterval } from '../schedule/schedulers';
import type { WorkerLogger } from './logger';
import type { QueueGate } from './QueueGate';

/** A step of this size is a clock that was set; NTP corrects by less, or slowly. */
const JUMP_MS = 1_000;
/** How often the machine's clock is compared with Redis' time; no command, two readings. */
const LOOK_EVERY_MS = 250;
/** No schedule needs a clock that is better than this. */
const GOOD_CLOCK_MS = 500;

/** @internal */
export interface ClockGuardOptions {
  clock: Pick<RedisClock, 'now' | 'skewMs'>;
  gates: ReadonlyMap<JobDefinition, QueueGate>;
  /** Above it no job is taken. */
  maxSkewMs: number;
  logger: WorkerLogger;
  /** The machine's clock is right again for some of the jobs. */
  onReleased(): void;
  /** The machine's clock was set while the process ran. */
  onJump(): void;
}

/**
 * Closes the queues while the machine's clock is off: BullMQ reads it in many places, above all
 * when it takes the job of a slot and finds the next one. A job that fires more often than every
 * minute needs a clock that is right to half of its shortest interval.
 */
export class ClockGuard {
  /** Above the limit of the worker; and off at all. */
  private isOff = false;
  private mayHold = false;
  private last = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ClockGuardOptions) {}

  start(): void {
    this.last = this.options.clock.skewMs;
    this.check(this.last);
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Compares now; a queue that is to be closed is closed when this returns. */
  look(): void {
    const skew = this.options.clock.skewMs;
    const by = skew - this.last;
    this.last = skew;
    if (Math.abs(by) > JUMP_MS) this.reportJump(by);
    this.check(skew);
  }

  /** Whether no job is taken, of none of the queues. */
  get holdsAll(): boolean {
    return this.isOff;
  }

  /** Why none is, or why one is not whose limit is lower. */
  reason(limitMs: number = this.options.maxSkewMs): string {
    const skew = this.options.clock.skewMs;
    const direction = skew > 0 ? 'ahead of' : 'behind';
    return `The clock of this machine is ${seconds(
      skew,
    )} ${direction} Redis' time; no job is taken until it is within ${seconds(
      limitMs,
    )}`;
  }

  private check(skewMs: number): void {
    const { clock, gates, maxSkewMs, onReleased } = this.options;
    const off = Math.abs(skewMs);
    this.note(off > maxSkewMs);
    const mayHold = off > GOOD_CLOCK_MS;
    if (!mayHold && !this.mayHold) return;
    this.mayHold = mayHold;
    let isReleased = false;
    for (const [job, gate] of gates) {
      const interval = shortestInterval(job.schedule, clock.now());
      const limit = Math.min(maxSkewMs, interval / 2);
      isReleased ||= off <= limit && gate.has('clock');
      gate.set('clock', off > limit ? this.reason(limit) : undefined);
    }
    if (isReleased) onReleased();
  }

  private note(isOff: boolean): void {
    if (isOff === this.isOff) return;
    this.isOff = isOff;
    const { logger } = this.options;
    if (isOff) logger.error(this.reason());
    else logger.info('The clock of this machine is right again');
  }

  private reportJump(by: number): void {
    this.options.logger.warn(
      `The clock of this machine was set ${
        by > 0 ? 'forward' : 'back'
      } by ${seconds(by)}`,
    );
    this.options.onJump();
  }
}

function seconds(ms: number): string {
  return `${Math.round(Math.abs(ms) / 100) / 10} s`;
}
