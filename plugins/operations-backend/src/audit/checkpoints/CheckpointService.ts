import type { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError, NotFoundError } from '@backstage/errors';
import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import type { AuditCheckpointArchive } from '@craft-easy/backstage-plugin-operations-node';
import type { AuditReader } from '../AuditReader';
import type { CheckpointKeys } from './CheckpointKeys';
import type { CheckpointStore } from './CheckpointStore';
import { refusal, sentence } from '../../lib/sentences';

/** Signs the trail's state, and keeps the checkpoints outside of the trail's table. */
export class CheckpointService {
  private making: Promise<unknown> | undefined;
  private signedUpTo = 0;
  private watching = false;

  constructor(
    private readonly options: {
      reader: Pick<AuditReader, 'head'>;
      store: CheckpointStore;
      keys: CheckpointKeys;
      archives: readonly AuditCheckpointArchive[];
      logger: LoggerService;
      /** signs after so many rows, whatever the time */
      everyRows: number;
      now?: () => number;
    },
  ) {}

  /** Ids of the places outside of the database where checkpoints are kept. */
  get keptIn(): string[] {
    return this.options.archives.map(archive => archive.id);
  }

  /** Signs the state that the process finds, and from then on what {@link grown} tells. */
  async begin(): Promise<void> {
    this.watching = this.options.keys.canSign;
    if (this.watching) await this.makeInTurn();
  }

  /** Signs the state that the process leaves. */
  async end(): Promise<void> {
    const { watching } = this;
    this.watching = false;
    if (watching) await this.makeInTurn();
  }

  /** The trail has grown: signs the first row, and then each so many rows. */
  grown(sequence: number): void {
    if (!this.watching || this.making) return;
    const due =
      this.signedUpTo === 0 ||
      sequence - this.signedUpTo >= this.options.everyRows;
    if (due) void this.makeInTurn();
  }

  private async makeInTurn(): Promise<void> {
    await this.making;
    this.making = this.make()
      .catch(error =>
        this.options.logger.error('Cannot make an audit checkpoint', error),
      )
      .finally(() => {
        this.making = undefined;
      });
    await this.making;
  }

  /**
   * Signs the trail's present state, without storing the checkpoint.
   *
   * @throws ConflictError if there is no key, NotFoundError if there is no row yet
   */
  async present(): Promise<AuditCheckpoint> {
    if (!this.options.keys.canSign) {
      throw refusal(ConflictError, sentence('signing-key-missing'));
    }
    const signed = await this.sign();
    if (signed) return signed;
    throw refusal(NotFoundError, sentence('nothing-to-sign'));
  }

  /**
   * Stores a checkpoint if the trail has grown since the last one.
   * @returns the new checkpoint
   */
  async make(): Promise<AuditCheckpoint | undefined> {
    const { keys, store } = this.options;
    const checkpoint = keys.canSign ? await this.sign() : undefined;
    this.signedUpTo = checkpoint?.sequence ?? this.signedUpTo;
    if (!checkpoint || !(await store.add(checkpoint))) return undefined;
    await this.archive(checkpoint);
    return checkpoint;
  }

  /**
   * Copies a checkpoint to places that database administrators cannot change: the log and every
   * archive.
   */
  async archive(checkpoint: AuditCheckpoint): Promise<void> {
    const { archives, logger } = this.options;
    logger.info(`Audit checkpoint ${JSON.stringify(checkpoint)}`);
    for (const one of archives) {
      await one
        .write(checkpoint)
        .catch(error =>
          logger.error(`Cannot keep an audit checkpoint in ${one.id}`, error),
        );
    }
  }

  /** All checkpoints of the database and the archives. */
  async known(): Promise<AuditCheckpoint[]> {
    const { archives, store, logger } = this.options;
    const kept = await Promise.all(
      archives.map(one =>
        Promise.resolve(one.read?.() ?? []).catch(error => {
          logger.warn(`Cannot read audit checkpoints from ${one.id}`, error);
          return [];
        }),
      ),
    );
    return [...(await store.all()), ...kept.flat()];
  }

  /** The signed state; nothing if there is no row yet. */
  private async sign(): Promise<AuditCheckpoint | undefined> {
    const { keys, reader, now = Date.now } = this.options;
    const head = await reader.head();
    return head?.sequence
      ? keys.sign({ kind: 'head', ...head }, now())
      : undefined;
  }
}
