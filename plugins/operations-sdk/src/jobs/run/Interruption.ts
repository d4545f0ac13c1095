/** Why a run's signal was aborted. @public */
export type InterruptionKind = 'cancelled' | 'timed-out' | 'shutdown';

/** The reason of an aborted `ctx.signal`; what `ctx.throwIfCancelled()` throws. @public */
export class RunInterruptedError extends Error {
  readonly kind: InterruptionKind;

  constructor(kind: InterruptionKind, message: string) {
    super(message);
    // the name by which libraries know that they were asked to stop
    this.name = 'AbortError';
    this.kind = kind;
  }
}

/**
 * The abort signal of one run. Knows whether the handler ever looked at it after it was aborted, so that a handler that went on
 * regardless and succeeded is reported as what it is.
 */
export class Interruption {
  private controller: AbortController | undefined;
  private reason: RunInterruptedError | undefined;
  private noticed = false;

  /** Made on first use: most runs never ask. */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      this.watch(this.controller.signal);
      if (this.reason) {
        this.controller.abort(this.reason);
      }
    }
    return this.controller.signal;
  }

  get cause(): RunInterruptedError | undefined {
    return this.reason;
  }

  /** Whether the handler learnt of it. */
  get wasNoticed(): boolean {
    return this.noticed;
  }

  /** @returns false if it was interrupted before */
  interrupt(kind: InterruptionKind, message: string): boolean {
    if (this.reason) {
      return false;
    }
    this.reason = new RunInterruptedError(kind, message);
    this.controller?.abort(this.reason);
    return true;
  }

  throwIfInterrupted(): void {
    if (this.reason) {
      this.noticed = true;
      throw this.reason;
    }
  }

  private watch(signal: AbortSignal): void {
    const aborted = Object.getOwnPropertyDescriptor(
      AbortSignal.prototype,
      'aborted',
    )!.get!;
    const note = () => {
      this.noticed = this.noticed || Boolean(this.reason);
    };
    const addEventListener = signal.addEventListener.bind(signal);
    Object.defineProperties(signal, {
      aborted: {
        configurable: true,
        get: () => {
          note();
          return aborted.call(signal);
        },
      },
      throwIfAborted: {
        configurable: true,
        value: () => this.throwIfInterrupted(),
      },
      addEventListener: {
        configurable: true,
        value: (...args: Parameters<typeof addEventListener>) => {
          addEventListener('abort', note, { once: true });
          addEventListener(...args);
        },
      },
    });
  }
}
