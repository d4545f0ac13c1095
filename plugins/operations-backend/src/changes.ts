import type { LoggerService } from '@backstage/backend-plugin-api';
import type { SignalsService } from '@backstage/plugin-signals-node';

/** Channel on which pages hear that something was changed. */
const CHANNEL = 'operations';
/** Pages hear of one kind of change at most this often. */
const EVERY_MS = 500;

/**
 * Tells open pages that something of a kind was changed, and nothing about it: the channel has no permissions, so they ask the API anew.
 */
export class ChangeBroadcast {
  private readonly signals: SignalsService;
  private readonly logger: LoggerService;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly again = new Set<string>();

  constructor(signals: SignalsService, logger: LoggerService) {
    this.signals = signals;
    this.logger = logger;
  }

  /** At once, then no more than twice a second, the last change never being left out. */
  notify(changed: string): void {
    if (this.timers.has(changed)) {
      this.again.add(changed);
      return;
    }
    this.signals
      .publish({
        channel: CHANNEL,
        recipients: { type: 'broadcast' },
        message: { changed },
      })
      .catch(error => this.logger.debug('Cannot signal a change', error));
    const timer = setTimeout(() => {
      this.timers.delete(changed);
      if (this.again.delete(changed)) this.notify(changed);
    }, EVERY_MS);
    timer.unref();
    this.timers.set(changed, timer);
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.again.clear();
  }
}
