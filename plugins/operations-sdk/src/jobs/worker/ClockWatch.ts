import type { RedisClock } from '../../clock';

/** Above this, something is wrong with a clock that is kept by NTP. */
const JUMP_MS = 1_000;
/** How often the machine's clock is compared with Redis' time; no command, two readings. */
const LOOK_EVERY_MS = 250;

/** @internal */
export interface ClockWatchOptions {
  clock: Pick<RedisClock, 'skewMs'>;
  /** The machine's clock was found off, or right again; also where it jumped. */
  onChange(skewMs: number): void;
  /** The machine's clock was set while the process ran. */
  onJump(byMs: number): void;
}

/**
 * Compares the machine's clock with Redis' time. BullMQ reads the machine's clock in many places,
 * so a worker whose clock is off must not take jobs.
 */
export class ClockWatch {
  private last: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ClockWatchOptions) {
    this.last = options.clock.skewMs;
  }

  start(): void {
    this.last = this.options.clock.skewMs;
    this.options.onChange(this.last);
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  look(): void {
    const { clock, onChange, onJump } = this.options;
    const skew = clock.skewMs;
    const by = skew - this.last;
    this.last = skew;
    if (Math.abs(by) > JUMP_MS) onJump(by);
    onChange(skew);
  }
}
