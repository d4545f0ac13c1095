import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import type {
  createFlagSchema,
  FlagChange,
  FlagsPage,
  FlagsQuery,
  FlagStateSnapshot,
  Page,
  UpdateFlagRequest,
  Sentence,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Flag } from '@craft-easy/backstage-plugin-operations-common';
import {
  flagRecordSchema,
  variantAt,
  type FlagType,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { z } from 'zod';
import type { Publisher } from '../controls/ControlPublisher';
import type { Conclude } from '../lib/actions';
import type { PageQuery } from '../lib/keyset';
import { iso } from '../lib/time';
import { recordOf, type FlagStore, type StoredFlag } from './FlagStore';
import { refusal, sentence, inEnglish } from '../lib/sentences';
import { issueError } from '../lib/parse';

const utc = (time: string) => new Date(time).toISOString();

/**
 * Somebody else was quicker (412): the answer holds the flag as it is now, so that the page can
 * show the other's change.
 */
class PreconditionFailedError extends ConflictError {
  readonly statusCode = 412;

  readonly words: { message: Sentence };

  constructor(readonly current: Flag) {
    const message = sentence('flag-changed', {
      flag: current.key,
      person: current.changedBy,
      at: { at: current.changedAt },
      reason: current.changeReason,
    });
    super(inEnglish(message));
    this.words = { message };
  }
}

/** An edit that may be made. */
export interface PlannedEdit {
  flag: StoredFlag;
  kind: FlagChange['kind'];
  after: FlagStateSnapshot;
}

/**
 * The rules of flags: who saw the latest may change it; a switch with an `until` goes back by
 * itself; every change can be undone.
 */
export class FlagsService {
  constructor(
    private readonly store: FlagStore,
    private readonly publisher: Publisher,
    private readonly now: () => number = Date.now,
  ) {}

  async list(query: FlagsQuery): Promise<FlagsPage> {
    const now = this.now();
    const page = await this.store.list({
      search: query.search,
      tags: query.tag,
      owners: query.owner,
      stale: query.stale === undefined ? undefined : query.stale === 'true',
      cursor: query.cursor,
      limit: query.limit,
      now,
    });
    const all = (await this.store.all()).map(flag => this.view(flag));
    return {
      ...page,
      items: page.items.map(flag => this.view(flag)),
      totals: {
        flags: all.length,
        temporary: all.filter(flag => flag.until).length,
        overdue: all.filter(flag => flag.stale).length,
      },
    };
  }

  /** @throws NotFoundError */
  async stored(key: string): Promise<StoredFlag> {
    const flag = await this.store.get(key);
    if (!flag)
      throw refusal(NotFoundError, sentence('flag-missing', { flag: key }));
    return flag;
  }

  history(key: string, query: PageQuery): Promise<Page<FlagChange>> {
    return this.store.history(key, query);
  }

  /** @throws InputError */
  planCreation(request: z.output<typeof createFlagSchema>) {
    const variants =
      request.variants ??
      (request.type === 'boolean' ? { on: true, off: false } : undefined);
    if (!variants)
      throw refusal(
        InputError,
        sentence('field-missing', { field: 'body.variants' }),
      );
    const state: FlagStateSnapshot = {
      description: request.description,
      owner: request.owner,
      tags: request.tags,
      variants,
      defaultVariant: request.defaultVariant,
      variant: request.defaultVariant,
      staleAfter: request.staleAfter && utc(request.staleAfter),
    };
    assertConsistent(request.key, request.type, state);
    return { key: request.key, type: request.type, state };
  }

  /** @throws ConflictError if there is one of that key */
  async create(
    planned: ReturnType<FlagsService['planCreation']>,
    by: string,
    reason: string,
    conclude?: Conclude<Flag>,
  ): Promise<Flag> {
    const at = this.now();
    const flag = await this.store.insert(
      { ...planned, ...{ by, reason, at }, source: 'page' },
      async (trx, stored) => conclude?.(trx, this.view(stored)),
    );
    if (!flag)
      throw refusal(
        ConflictError,
        sentence('flag-exists', { flag: planned.key }),
      );
    await this.publisher.afterChange(this.store);
    return this.view(flag);
  }

  /** @throws InputError, NotFoundError, PreconditionFailedError */
  async planUpdate(
    key: string,
    ifMatch: string | undefined,
    request: UpdateFlagRequest,
  ): Promise<PlannedEdit> {
    const flag = await this.matching(key, ifMatch);
    const { state } = flag;
    if (
      flag.source === 'config' &&
      (request.variants || request.defaultVariant)
    ) {
      throw refusal(ConflictError, sentence('flag-variants-configured'));
    }
    const { reason: _, variant, until, owner, staleAfter, ...rest } = request;
    const after: FlagStateSnapshot = { ...state, ...rest };
    if (owner !== undefined) after.owner = owner ?? undefined;
    if (staleAfter !== undefined) {
      after.staleAfter = staleAfter === null ? undefined : utc(staleAfter);
    }
    if (variant === undefined && until !== undefined) {
      throw refusal(
        InputError,
        sentence('flag-until-variant', { field: 'body.until' }),
      );
    }
    if (variant !== undefined) {
      const serving = variantAt(state, this.now());
      after.variant = variant;
      after.until = undefined;
      after.afterVariant = undefined;
      if (until !== undefined) {
        if (Date.parse(until) <= this.now()) {
          throw refusal(
            InputError,
            sentence('field-passed', { field: 'body.until' }),
          );
        }
        after.until = utc(until);
        // "as before": what is served outside a temporary switch, even if this one replaces another
        after.afterVariant =
          state.until && Date.parse(state.until) > this.now()
            ? state.afterVariant
            : serving;
      }
    }
    assertConsistent(key, flag.type, after);
    return { flag, kind: 'changed', after };
  }

  /** @throws NotFoundError, PreconditionFailedError, InputError */
  async planRevert(
    key: string,
    ifMatch: string | undefined,
    changeId: string,
  ): Promise<PlannedEdit> {
    const flag = await this.matching(key, ifMatch);
    const change = await this.store.change(key, changeId);
    if (!change)
      throw refusal(NotFoundError, sentence('flag-no-change', { flag: key }));
    if (!change.before) {
      throw refusal(ConflictError, sentence('flag-first-change'));
    }
    const after = { ...change.before };
    if (after.until && Date.parse(after.until) <= this.now()) {
      after.variant = after.afterVariant ?? null;
      delete after.until;
      delete after.afterVariant;
    }
    assertConsistent(key, flag.type, after);
    return { flag, kind: 'reverted', after };
  }

  /** @throws NotFoundError, PreconditionFailedError, ConflictError */
  async planDeletion(
    key: string,
    ifMatch: string | undefined,
  ): Promise<PlannedEdit> {
    const flag = await this.matching(key, ifMatch);
    if (flag.source === 'config') {
      throw refusal(ConflictError, sentence('flag-configured'));
    }
    return { flag, kind: 'deleted', after: flag.state };
  }

  /** @throws PreconditionFailedError if somebody else was quicker */
  async edit(
    plan: PlannedEdit,
    by: string,
    reason: string,
    conclude?: Conclude<Flag>,
  ): Promise<Flag> {
    const { flag, kind, after } = plan;
    const edited = await this.store.edit(
      flag.key,
      {
        ...{ kind, after, by, reason, at: this.now() },
        expected: flag.revision,
      },
      async (trx, stored) => conclude?.(trx, this.view(stored)),
    );
    if (!edited) {
      throw new PreconditionFailedError(this.view(await this.stored(flag.key)));
    }
    await this.publisher.afterChange(this.store);
    return this.view(edited);
  }

  view(flag: StoredFlag): Flag {
    const now = this.now();
    const { variant: _, until, afterVariant, ...state } = flag.state;
    const isTemporary = until !== undefined && Date.parse(until) > now;
    return {
      ...state,
      ...(isTemporary && { until, afterVariant }),
      key: flag.key,
      type: flag.type,
      serving: variantAt(flag.state, now),
      stale:
        state.staleAfter !== undefined && Date.parse(state.staleAfter) <= now,
      source: flag.source,
      etag: etagOf(flag),
      createdAt: iso(flag.createdAt),
      createdBy: flag.createdBy,
      changedAt: iso(flag.changedAt),
      changedBy: flag.changedBy,
      changeReason: flag.changeReason,
      published: this.publisher.isPublished('flags', flag.revision),
    };
  }

  private async matching(
    key: string,
    ifMatch: string | undefined,
  ): Promise<StoredFlag> {
    if (!ifMatch) {
      throw refusal(InputError, sentence('flag-etag-missing'));
    }
    const flag = await this.stored(key);
    const tags = ifMatch.split(',').map(tag => tag.trim());
    if (!tags.includes(etagOf(flag)) && !tags.includes('*')) {
      throw new PreconditionFailedError(this.view(flag));
    }
    return flag;
  }
}

/** A strong entity tag of the flag's state. */
function etagOf(flag: StoredFlag): string {
  return `"${flag.revision}"`;
}

/** @throws InputError if values are not of the type, or a variant is named that there is not */
function assertConsistent(
  key: string,
  type: FlagType,
  state: FlagStateSnapshot,
): void {
  const checked = flagRecordSchema.safeParse(
    recordOf({ key, type, state, revision: 0 } as StoredFlag),
  );
  if (!checked.success) {
    throw issueError(InputError, checked.error.issues[0], 'body');
  }
  if (!Object.hasOwn(state.variants, state.defaultVariant)) {
    throw refusal(
      InputError,
      sentence('flag-no-variant', { field: 'body.defaultVariant' }),
    );
  }
}
