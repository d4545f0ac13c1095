/**
 * How a control reaches the platform.
 *
 * The database holds the truth, Redis a copy that platforms read and follow. A change of a control
 * is one transaction. It takes the next revision of the control's kind ({@link nextRevision}),
 * which holds the row of that kind until the commit, so that revisions are in the order of the
 * commits. After the commit the change is published:
 *
 * 1. Redis says up to which revision it holds the kind's controls.
 * 2. Everything that was changed after that revision is read from the database.
 * 3. One script writes it, sets the new revision and announces it, unless Redis is at another
 *    revision by now. Then the publisher begins anew.
 *
 * So it does not matter which replica publishes, how many do at once, or whether one of them dies
 * half-way: every two seconds each replica compares the revisions and publishes what is missing. A
 * change is stored even if Redis is away; `published` in the answer says whether it has arrived.
 *
 * Three things are not seen in a revision. Redis was emptied: it has no revision, and everything is
 * published. Single keys were evicted or deleted: every half minute {@link ControlPublisher} counts
 * the keys. An older database was restored: Redis is ahead, and the database takes a revision above
 * that of Redis.
 *
 * Nothing has to happen for a control to end: each record carries its end, whoever reads it
 * compares its own clock, and the keys in Redis expire.
 */
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  publicationArguments,
  PUBLISH_CONTROLS_LUA,
  type ControlKind,
  type ControlRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import type { BackendEvents } from '../lib/BackendEvents';
import { inTurn } from '../lib/inTurn';
import { startLoop } from '../platform/loop';
import { currentRevisions, nextRevision } from './revisions';

/** What the publisher needs of a kind's store. */
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
  logger: LoggerService;
  /** learns of each change, published or not */
  changes?: Pick<BackendEvents, 'changed'>;
  now?: () => number;
  /** how often revisions are compared */
  everyMs?: number;
  /** how often every record is looked for */
  inspectEveryMs?: number;
}

/** What services of controls need of the publisher. */
export type Publisher = Pick<ControlPublisher, 'afterChange' | 'isPublished'>;

/** A record that has ended stays in the index for this long: removing it is not urgent. */
const INDEX_GRACE_MS = 60_000;
const EXISTS_CHUNK = 1_000;

/** Keeps Redis in step with the database, on every replica. */
export class ControlPublisher {
  private readonly published = new Map<ControlKind, number>();
  private readonly turns = new Map<ControlKind, ReturnType<typeof inTurn>>();
  private readonly now: () => number;
  private inspectedAt = 0;

  constructor(private readonly options: ControlPublisherOptions) {
    this.now = options.now ?? Date.now;
  }

  /** Whether a revision is published to the platform, as far as this replica knows. */
  isPublished(kind: ControlKind, revision: number): boolean {
    return revision <= (this.published.get(kind) ?? 0);
  }

  /**
   * Publishes what was changed, right after its commit. Never throws: what cannot be published now
   * is as soon as Redis is back.
   */
  async afterChange(source: ControlSource): Promise<void> {
    const { logger, changes } = this.options;
    try {
      await this.publish(source);
    } catch (error) {
      logger.debug(`Publishing ${source.kind} is put off: ${error}`);
    }
    changes?.changed(source.kind);
  }

  /** Compares, at once and every few seconds, until the signal aborts. */
  start(sources: ControlSource[], signal: AbortSignal): Promise<void> {
    const { logger, everyMs = 2_000 } = this.options;
    return startLoop({
      name: 'Publishing controls',
      pauseMs: everyMs,
      signal,
      logger,
      work: () => this.reconcile(sources),
    }).done;
  }

  /** One comparison of Redis with the database. */
  async reconcile(sources: ControlSource[]): Promise<void> {
    const { inspectEveryMs = 30_000 } = this.options;
    for (const source of sources) await this.publish(source);
    if (this.now() - this.inspectedAt < inspectEveryMs) return;
    for (const source of sources) await this.inspect(source);
    this.inspectedAt = this.now();
  }

  /** One at a time per kind. */
  private publish(source: ControlSource): Promise<void> {
    const turn = this.turns.get(source.kind) ?? inTurn();
    this.turns.set(source.kind, turn);
    return turn(() => this.publishNow(source));
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
        // An older database was restored. It holds the truth, and readers follow greater revisions
        // only.
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
      const done = await redis.run(client =>
        client.eval(PUBLISH_CONTROLS_LUA, keys.length, ...keys, ...args),
      );
      if (done === 1) {
        this.published.set(kind, inDatabase);
        return;
      }
    }
    throw new Error(`${kind} could not be published: Redis keeps changing`);
  }

  private async everything(source: ControlSource) {
    const { redis } = this.options;
    const records = await source.live(this.now());
    const known = new Set(records.map(record => record.id));
    const index = redis.keys.controlsIndex(source.kind);
    const inRedis = await redis.run(client => client.zrange(index, 0, -1));
    return { records, removed: inRedis.filter(id => !known.has(id)) };
  }

  /** Checks that every record is really there: keys may be evicted, or deleted by hand. */
  private async inspect(source: ControlSource): Promise<void> {
    const { redis, logger } = this.options;
    const { kind } = source;
    const index = redis.keys.controlsIndex(kind);
    const now = this.now();
    await redis.run(client =>
      client.zremrangebyscore(index, '-inf', now - INDEX_GRACE_MS),
    );
    const records = await source.live(now + 1_000);
    let found = 0;
    for (let i = 0; i < records.length; i += EXISTS_CHUNK) {
      const keys = records
        .slice(i, i + EXISTS_CHUNK)
        .map(record => redis.keys.control(kind, record.id));
      found += await redis.run(client => client.exists(...keys));
    }
    const indexed = await redis.run(client =>
      client.zcount(index, now + 1_000, '+inf'),
    );
    if (found === records.length && indexed === records.length) return;
    if ((await this.revisionInRedis(kind)) === 0) return;
    logger.warn(
      `Redis held ${found} of ${records.length} ${kind}; they are published again`,
    );
    await redis.run(client => client.del(redis.keys.controlsRevision(kind)));
    await this.publish(source);
  }

  private async revisionInRedis(kind: ControlKind): Promise<number> {
    const { redis } = this.options;
    const key = redis.keys.controlsRevision(kind);
    return Number((await redis.run(client => client.get(key))) ?? 0);
  }
}
