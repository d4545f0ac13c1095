import { setTimeout as pause } from 'node:timers/promises';
import type { Processes } from '../../../../../scripts/lib/processes.mjs';
import { familyOf, signalFamily } from './processFamily';

/** How often, and with which pauses, a start is tried. */
const TRIES = 6;
const AGAIN_AFTER_MS = 1_500;

type Handle = ReturnType<Processes['start']>;

/** A process of the soak that is killed, frozen and started again. */
export class Part {
  private handle: Handle | undefined;
  private starts = 0;
  private frozen: number[] = [];
  /** the last start, which others may wait for */
  private starting: Promise<void> | undefined;

  /** @param launch - starts it under a name of its own, and waits until it serves */
  constructor(
    readonly name: string,
    private readonly launch: (name: string) => Promise<Handle>,
  ) {}

  get pid(): number {
    return this.handle?.pid ?? 0;
  }

  get alive(): boolean {
    return this.handle !== undefined;
  }

  /** Starts it, unless it lives; again where what it needs is broken at the moment. */
  async start(): Promise<void> {
    this.starting ??= this.launchUntilItLives().finally(() => {
      this.starting = undefined;
    });
    await this.starting;
  }

  private async launchUntilItLives() {
    for (let tried = 1; ; tried++) {
      try {
        return await this.launchOnce();
      } catch (error) {
        if (tried === TRIES) throw error;
        await pause(AGAIN_AFTER_MS);
      }
    }
  }

  private async launchOnce() {
    if (this.handle) return;
    this.starts += 1;
    const handle = await this.launch(`${this.name}.${this.starts}`);
    this.handle = handle;
    handle.exited.then(() => {
      if (this.handle === handle) this.handle = undefined;
    });
  }

  /** Ends it at once, as a power cut does. */
  async kill(): Promise<void> {
    const { handle } = this;
    if (!handle) return;
    signalFamily(handle.pid, 'SIGKILL');
    await handle.stop('SIGKILL');
    this.handle = undefined;
  }

  /** Ends it in good order. */
  async end(): Promise<void> {
    await this.handle?.stop();
    this.handle = undefined;
  }

  freeze(): void {
    if (!this.handle) return;
    this.frozen = familyOf(this.handle.pid);
    signalFamily(this.handle.pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.frozen.splice(0).reverse()) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // it was killed meanwhile
      }
    }
  }
}
