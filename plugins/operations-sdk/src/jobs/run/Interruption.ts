/** Why a run's signal was aborted. @public */
export type InterruptionKind = 'cancelled' | 'timed-out' | 'shutdown';

/**
 * The reason of an aborted `ctx.signal`, and what `ctx.throwIfCancelled()` throws. Its `name` is
 * `AbortError`, by which libraries recognise that they were asked to stop.
 * @public
 */
export class RunInterruptedError extends Error {
  readonly kind: InterruptionKind;

  constructor(kind: InterruptionKind, message: string) {
    super(message);
    this.name = 'AbortError';
    this.kind = kind;
  }
}

/** The abort signal of one run, and whether its handler can have noticed the abort. */
export class Interruption {
  private controller: AbortController | undefined;
  private reason: RunInterruptedError | undefined;
  private thrown = false;

  /** Made on first use, so that a handler that never asks for it is known. */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.reason) {
        this.controller.abort(this.reason);
      }
    }
    return this.controller.signal;
  }

  get cause(): RunInterruptedError | undefined {
    return this.reason;
  }

  /**
   * Whether the handler took the signal, or was stopped by {@link Interruption.throwIfInterrupted}.
   */
  get acknowledged(): boolean {
    return this.controller !== undefined || this.thrown;
  }

  /** @returns false if the run was interrupted before */
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
      this.thrown = true;
      throw this.reason;
    }
  }
}
