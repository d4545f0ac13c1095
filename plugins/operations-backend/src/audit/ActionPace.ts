import type { Config } from '@backstage/config';
import type { Sentence } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Knex } from 'knex';
import { int, isPostgres } from '../lib/sql';
import { inEnglish, sentence } from '../lib/sentences';

const DEFAULT_PER_MINUTE = 300;

/** Too many actions (429); `Retry-After` says when the next one is allowed. */
class TooManyActionsError extends Error {
  override readonly name = 'TooManyActionsError';
  readonly statusCode = 429;

  readonly words: { message: Sentence };

  constructor(readonly retryAfterSeconds: number, perMinute: number) {
    const message = sentence('too-many-actions', {
      limit: perMinute,
      seconds: retryAfterSeconds,
    });
    super(inEnglish(message));
    this.words = { message };
  }
}

/**
 * Limits how many actions one actor may take, over all replicas. The count is in the database,
 * which every action needs anyway for its audit entry. The limit therefore works without Redis
 * and costs one statement. A row per actor holds the time at which all of the actor's actions are
 * paid off (GCRA): a minute's worth may come at once, and further actions at an even pace.
 */
export class ActionPace {
  constructor(
    private readonly knex: Knex,
    private readonly perMinute: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** `operations.actions.perMinute`; 0: no limit. */
  static fromConfig(knex: Knex, config: Config): ActionPace {
    const path = 'operations.actions.perMinute';
    return new ActionPace(
      knex,
      config.getOptionalNumber(path) ?? DEFAULT_PER_MINUTE,
    );
  }

  /** @throws TooManyActionsError */
  async count(actor: string): Promise<void> {
    const { knex, perMinute } = this;
    if (perMinute <= 0) return;
    const now = this.now();
    const each = Math.ceil(60_000 / perMinute);
    const later = isPostgres(knex) ? 'greatest' : 'max';
    const number = (name: string) => `cast(:${name} as bigint)`;
    const next = `${later}(action_pace.worked_off_at, ${number(
      'now',
    )}) + ${number('each')}`;
    const result = await knex.raw(
      `insert into action_pace (actor, worked_off_at) values (:actor, ${number(
        'first',
      )})
       on conflict (actor) do update set worked_off_at = ${next} where ${next} <= ${number(
        'last',
      )}
       returning worked_off_at`,
      { actor, now, each, first: now + each, last: now + 60_000 },
    );
    const rows = isPostgres(knex) ? result.rows : result;
    if (rows.length) return;
    const row = await knex('action_pace').where({ actor }).first();
    const wait = int(row?.worked_off_at ?? now) + each - now - 60_000;
    throw new TooManyActionsError(
      Math.max(1, Math.ceil(wait / 1000)),
      perMinute,
    );
  }

  /**
   * Counts as many of some actions as may be taken now, within a transaction that no other one runs
   * beside for this actor.
   *
   * @returns how many may be taken
   */
  async take(
    trx: Knex.Transaction,
    actor: string,
    wanted: number,
    perMinute: number = this.perMinute,
  ): Promise<number> {
    if (perMinute <= 0) return wanted;
    const now = this.now();
    const each = Math.ceil(60_000 / perMinute);
    const row = await trx('action_pace').where({ actor }).first();
    const from = Math.max(int(row?.worked_off_at ?? now), now);
    const room = Math.floor((now + 60_000 - from) / each);
    const taken = Math.max(0, Math.min(wanted, room));
    if (taken > 0) {
      await trx('action_pace')
        .insert({ actor, worked_off_at: from + taken * each })
        .onConflict('actor')
        .merge();
    }
    return taken;
  }

  /** Deletes the rows of actors whose actions are all paid off. */
  async prune(): Promise<void> {
    await this.knex('action_pace')
      .where('worked_off_at', '<', this.now())
      .delete();
  }
}
