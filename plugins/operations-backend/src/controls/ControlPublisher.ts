import type { LoggerService } from '@backstage/backend-plugin-api';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  publicationArguments,
  PUBLISH_CONTROLS_LUA,
  type ControlKind,
  type ControlRecord,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Knex } from 'knex';
import { startLoop } from '../platform/loop';
import { currentRevisions, nextRevision } from './revisions';

/** What a kind's store tells the publisher. */
export interface ControlSource {
  readonly kind: ControlKind;
  /** Records changed after a revision, and ids of those deleted after it. */
  changedSince(
    revision: number,
  ): Promise<{ records: ControlRecord[]; removed: string[] }>;
  /** All records that have not ended. */
  live(now: number): Promise<ControlRecord[]>;
}

export interface ControlPublisherOptions {
  knex: Knex;
  redis: OperationsRedis;
  sources: ControlSource[];
  logger: LoggerService;
  now?: () => number;
  /** how often revisions are compared */
  everyMs?: number;
  /** how often every record is looked for */
  inspectEveryMs?: number;
}

/** A record that has ended stays in the index for so long: tidying is in no hurry. */
const INDEX_GRACE_MS = 60_000;
const EXISTS_CHUNK = 1_000;

/**
 * Keeps Redis in step with the database. Every replica does: publishing is one atomic step that
 * says which revision it found, so that replicas at work at once do no harm.
 */
export class ControlPublisher {
  private readonly published = new Map<ControlKind, number>();
  private readonly turns = new Map<ControlKind, Promise<void>>();
  private readonly now: () => number;
  private inspectedAt = 0;

  constructor(private readonly options: ControlPublisherOptions) {
    this.now = options.now ?? Date.now;
  }

  /** Whether the platform has been told of a revision, as far as this replica knows. */
  isPublished(kind: ControlKind, revision: number): boolean {
    return revision <= (this.published.get(kind) ?? 0);
  }

  /**
   * Publishes what was changed, right after its commit. Never throws: what cannot be published now
   * is as soon as Redis is back.
   */
  async afterChange(kind: ControlKind): Promise<void> {
    try {
      await this.publish(kind);
    } catch (error) {
      this.options.logger.debug(`Publishing ${kind} is put off: ${error}`);
    }
  }

  /** Compares, at once and every few seconds, until the signal aborts. */
  start(signal: AbortSignal): Promise<void> {
    const { logger, everyMs = 2_000 } = this.options;
    return startLoop({
      name: 'Publishing controls',
      pauseMs: everyMs,
      signal,
      logger,
      work: () => this.reconcile(),
    }).done;
  }

  /** One comparison of Redis with the database. */
  async reconcile(): Promise<void> {
    const { sources, inspectEveryMs = 30_000 } = this.options;
    for (const { kind } of sources) await this.publish(kind);
    if (this.now() - this.inspectedAt < inspectEveryMs) return;
    for (const source of sources) await this.inspect(source);
    this.inspectedAt = this.now();
  }

  /** One at a time per kind: whoever comes while one is at work waits for the one after it. */
  private publish(kind: ControlKind): Promise<void> {
    const turn = (this.turns.get(kind) ?? Promise.resolve())
      .catch(() => {})
      .then(() => this.publishNow(this.sourceOf(kind)));
    this.turns.set(kind, turn);
    return turn;
  }

  private async publishNow(source: ControlSource): Promise<void> {
    const { redis, knex } = this.options;
    const { kind } = source;
    // A flush in the middle makes the script refuse; the next look finds no revision and publishes
    // everything.
    for (let attempt = 0; attempt < 5; attempt++) {
      const inRedis = await this.revisionInRedis(kind);
      let inDatabase = (await currentRevisions(knex))[kind] ?? 0;
      if (inRedis === inDatabase) {
        this.published.set(kind, inDatabase);
        return;
      }
      this.published.set(kind, inRedis);
      const whole = inRedis === 0 || inRedis > inDatabase;
      if (inRedis > inDatabase) {
        // An older database was restored: it is the truth, and readers only follow what is younger.
        inDatabase = await knex.transaction(trx =>
          nextRevision(trx, kind, this.now(), inRedis),
        );
      }
      const changes = whole
        ? await this.everything(source)
        : await source.changedSince(inRedis);
      const publication = {
        kind,
        base: inRedis,
        revision: inDatabase,
        ...changes,
      };
      const { keys, args } = publicationArguments(redis.keys, publication);
      const done = await redis.execute(client =>
        client.eval(PUBLISH_CONTROLS_LUA, keys.length, ...keys, ...args),
      );
      if (done === 1) {
        this.published.set(kind, inDatabase);
        return;
      }
    }
    throw new Error(`${kind} could not be published: Redis changes under us`);
  }

  private async everything(source: ControlSource) {
    const { redis } = this.options;
    const records = await source.live(this.now());
    const known = new Set(records.map(record => record.id));
    const index = redis.keys.controlsIndex(source.kind);
    const inRedis = await redis.execute(client => client.zrange(index, 0, -1));
    return { records, removed: inRedis.filter(id => !known.has(id)) };
  }

  /** Looks whether every record is really there: keys may be evicted, or deleted by a hand. */
  private async inspect(source: ControlSource): Promise<void> {
    const { redis, logger } = this.options;
    const { kind } = source;
    const index = redis.keys.controlsIndex(kind);
    const now = this.now();
    await redis.execute(client =>
      client.zremrangebyscore(index, '-inf', now - INDEX_GRACE_MS),
    );
    const records = await source.live(now + 1_000);
    let found = 0;
    for (let i = 0; i < records.length; i += EXISTS_CHUNK) {
      const keys = records
        .slice(i, i + EXISTS_CHUNK)
        .map(record => redis.keys.control(kind, record.id));
      found += await redis.execute(client => client.exists(...keys));
    }
    const indexed = await redis.execute(client =>
      client.zcount(index, now + 1_000, '+inf'),
    );
    if (found === records.length && indexed === records.length) return;
    if ((await this.revisionInRedis(kind)) === 0) return;
    logger.warn(
      `Redis held ${found} of ${records.length} ${kind}; they are published again`,
    );
    await redis.execute(client =>
      client.del(redis.keys.controlsRevision(kind)),
    );
    await this.publish(kind);
  }

  private async revisionInRedis(kind: ControlKind): Promise<number> {
    const { redis } = this.options;
    const key = redis.keys.controlsRevision(kind);
    return Number((await redis.execute(client => client.get(key))) ?? 0);
  }

  private sourceOf(kind: ControlKind): ControlSource {
    const source = this.options.sources.find(s => s.kind === kind);
    if (!source) throw new Error(`nobody publishes ${kind}`);
    return source;
  }
}
