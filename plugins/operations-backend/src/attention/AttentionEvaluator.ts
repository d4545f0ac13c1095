import type { LoggerService } from '@backstage/backend-plugin-api';
import type { AttentionSource } from '@craft-easy/backstage-plugin-operations-node';
import { withTimeout } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Acknowledgements } from './Acknowledgements';
import type { AttentionStore } from './AttentionStore';
import type { AttentionNotifier } from './AttentionNotifier';

export interface AttentionEvaluatorOptions {
  store: AttentionStore;
  acknowledgements: Acknowledgements;
  sources: AttentionSource[];
  notifier: AttentionNotifier;
  logger: LoggerService;
  /** called when anything that the panel shows has changed */
  onChanged: () => void;
  now?: () => number;
  /** a source that takes longer is given up for this time */
  sourceTimeoutMs?: number;
}

/**
 * Asks every source for its facts and brings the items in step. Any replica may do it at any time:
 * the store takes turns per source and younger facts win.
 */
export class AttentionEvaluator {
  private readonly now: () => number;
  private running?: Promise<void>;
  private again = false;

  constructor(private readonly options: AttentionEvaluatorOptions) {
    this.now = options.now ?? Date.now;
  }

  /** Evaluates now; calls during an evaluation make one more follow it, whatever their number. */
  async evaluate(
    signal: AbortSignal = new AbortController().signal,
  ): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = (async () => {
      do {
        this.again = false;
        await this.evaluateOnce(signal);
      } while (this.again && !signal.aborted);
    })().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async evaluateOnce(signal: AbortSignal): Promise<void> {
    const { acknowledgements, sources, notifier, onChanged } = this.options;
    const changes = await Promise.all(
      sources.map(source => this.look(source, signal)),
    );
    const woken = await acknowledgements.wake(this.now());
    await notifier.send(this.now());
    if (woken.length || changes.some(Boolean)) onChanged();
  }

  private async look(
    source: AttentionSource,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { store, logger } = this.options;
    // the time before reading: facts are at least this young
    const factsAt = this.now();
    try {
      const facts = await withTimeout(
        this.options.sourceTimeoutMs ?? 20_000,
        source.getFacts({ now: new Date(factsAt), signal }),
      );
      const done = await store.reconcile(source.id, facts, factsAt);
      return (
        done.opened.length +
          done.reopened.length +
          done.closed.length +
          done.updated >
        0
      );
    } catch (error) {
      logger.warn(
        `Attention source ${source.id} cannot be read, its items stay as they are`,
        error as Error,
      );
      await store.noteError(
        source.id,
        String((error as Error).message ?? error),
        factsAt,
      );
      return false;
    }
  }
}
