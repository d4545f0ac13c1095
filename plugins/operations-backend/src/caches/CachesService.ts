import { randomUUID } from 'node:crypto';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  PREVIEW_TTL_MS,
  judgePattern,
  minSoftWindowSeconds,
  type CachePreview,
  type CachePurge,
  type CachePurgeRequest,
  type CachePurgesQuery,
  type CacheSelection,
  type CacheTargetSummary,
  type Capability,
  type Page,
} from '@craft-easy/backstage-plugin-operations-common';
import type {
  CacheSession,
  CacheTarget,
} from '@craft-easy/backstage-plugin-operations-node';
import { decodeCursor, encodeCursor, pageOf } from '../lib/cursors';
import { iso } from '../lib/time';
import type { PreviewStore } from './PreviewStore';
import { previewSelection } from './previewSelection';
import type { PurgeRow } from './purgeRow';
import {
  assertMayPurge,
  problemOf,
  purgeCapability,
  rateOf,
  windowOf,
  type PurgeCaller,
} from './purgeRules';
import type { PurgeStore } from './PurgeStore';
import { purgeView } from './purgeView';
import { targetHealth } from './targetHealth';

const CURSOR = 'cache-purges';
/** Shown of the exact keys of one purge. */
const KEYS_SHOWN = 200;

/** What a purge shall do, checked and ready to be stored. */
export interface PurgePlan {
  target: CacheTarget;
  purge: PurgeRow;
  keys?: string[];
}

/** The rules of purging: who may, what must be shown first, what is never touched. */
export class CachesService {
  private readonly sessions = new Map<string, CacheSession>();

  constructor(
    private readonly options: {
      targets: Map<string, CacheTarget>;
      purges: PurgeStore;
      previews: PreviewStore;
      /** begin at once, rather than at the next look */
      kick(): void;
    },
  ) {}

  async list(caller: PurgeCaller): Promise<CacheTargetSummary[]> {
    return Promise.all(
      [...this.options.targets.values()].map(t => this.summary(t, caller)),
    );
  }

  /** @throws NotFoundError */
  target(name: string): CacheTarget {
    const target = this.options.targets.get(name);
    if (!target) throw new NotFoundError(`There is no cache target “${name}”`);
    return target;
  }

  /** @throws NotFoundError, NotAllowedError */
  assertMayPurge(caller: PurgeCaller, name: string): void {
    assertMayPurge(this.target(name), caller);
  }

  async preview(
    caller: PurgeCaller,
    name: string,
    selection: CacheSelection,
  ): Promise<CachePreview> {
    const target = this.target(name);
    assertMayPurge(target, caller);
    const now = Date.now();
    const verdict =
      selection.pattern === undefined
        ? undefined
        : judgePattern(selection.pattern, target);
    const facts = await previewSelection(
      target,
      this.session(target),
      selection,
    );
    const problem = verdict?.reason ?? problemOf(target, facts);
    const preview: CachePreview = {
      id: randomUUID(),
      target: name,
      createdAt: iso(now),
      expiresAt: iso(now + PREVIEW_TTL_MS),
      selection: {
        keys: selection.keys?.length,
        pattern: selection.pattern,
      },
      allowed: problem === undefined,
      reason: problem,
      conflicts: verdict?.conflicts ?? [],
      confirmation: verdict?.needsConfirmation ? selection.pattern : undefined,
      ...facts,
      minSoftWindowSeconds: minSoftWindowSeconds(facts.count),
    };
    await this.options.previews.insert({
      id: preview.id,
      target: name,
      actor: caller.actor,
      expiresAt: now + PREVIEW_TTL_MS,
      selection,
      preview,
    });
    return preview;
  }

  /**
   * Judges a request against everything that can stand against it.
   * @throws NotFoundError, NotAllowedError, InputError, ConflictError
   */
  async plan(
    caller: PurgeCaller,
    name: string,
    request: CachePurgeRequest,
  ): Promise<PurgePlan> {
    const target = this.target(name);
    assertMayPurge(target, caller);
    const now = Date.now();
    const stored = await this.options.previews.get(
      request.previewId,
      caller.actor,
      now,
    );
    if (!stored || stored.target !== name) {
      throw new ConflictError(
        'Look first: a purge needs a preview of your own of this target, at most 15 minutes old',
      );
    }
    const { selection, preview } = stored;
    if (selection.pattern !== undefined) {
      // judged again: the rules may have changed since
      const verdict = judgePattern(selection.pattern, target);
      if (!verdict.allowed) throw new ConflictError(verdict.reason);
      if (
        verdict.needsConfirmation &&
        request.confirmation !== selection.pattern
      ) {
        throw new InputError(
          'body.confirmation: this pattern has no literal beginning; type it out to confirm it',
        );
      }
    }
    if (!preview.allowed) throw new ConflictError(preview.reason);
    const until = await this.cooldownUntil(target, caller.actor, now);
    if (until !== undefined) throw tooSoon(target, until);
    return {
      target,
      keys: selection.keys,
      purge: {
        id: randomUUID(),
        target: name,
        targetTitle: target.title,
        status: 'queued',
        requestedBy: caller.actor,
        reason: request.reason,
        pattern: selection.pattern,
        keyCount: selection.keys?.length,
        mode: request.mode,
        windowSeconds: windowOf(request, preview),
        keysPerSecond: rateOf(request, target),
        estimatedKeys: preview.count,
        createdAt: now,
        totalKeys: 0,
        resumed: 0,
        progress: {
          ...{ scanned: 0, matched: 0, removed: 0, skipped: 0 },
          ...{ masters: 0, mastersDone: 0 },
        },
      },
    };
  }

  /** @throws ConflictError */
  async start(plan: PurgePlan, auditId: string): Promise<PurgeRow> {
    const purge = { ...plan.purge, auditId };
    const { target, keys } = plan;
    const cooldownMs = target.cooldownSeconds * 1000;
    const stored = await this.options.purges.insert(
      purge,
      keys,
      cooldownMs > 0 ? purge.createdAt - cooldownMs : undefined,
    );
    // somebody clicked in two windows at once
    if (!stored) throw tooSoon(target, purge.createdAt + cooldownMs);
    this.options.kick();
    return purge;
  }

  /** @throws NotFoundError, NotAllowedError, ConflictError */
  async cancellable(caller: PurgeCaller, id: string): Promise<PurgeRow> {
    const purge = await this.purge(id);
    const capability = this.cancelCapability(purge, caller);
    if (capability.allowed) return purge;
    throw capability.rule === 'permission'
      ? new NotAllowedError(capability.reason)
      : new ConflictError(capability.reason);
  }

  async cancel(caller: PurgeCaller, id: string): Promise<PurgeRow> {
    const done = await this.options.purges.cancel(id, caller.actor, Date.now());
    if (!done) throw new ConflictError('This purge is over already');
    this.options.kick();
    return this.purge(id);
  }

  /** @throws NotFoundError */
  async purge(id: string): Promise<PurgeRow> {
    const purge = await this.options.purges.get(id);
    if (!purge) throw new NotFoundError(`There is no purge ${id}`);
    return purge;
  }

  /** All the exact keys that a purge was given, for another like it. @throws NotFoundError */
  async keys(id: string): Promise<string[]> {
    const purge = await this.purge(id);
    return this.options.purges.keys(purge.id);
  }

  async view(purge: PurgeRow, caller: PurgeCaller): Promise<CachePurge> {
    const cancel = this.cancelCapability(purge, caller);
    const keys = purge.keyCount
      ? await this.options.purges.keys(purge.id)
      : undefined;
    const ahead =
      purge.status === 'queued'
        ? (await this.options.purges.unfinished(purge.target)).filter(
            other => other.createdAt < purge.createdAt,
          ).length
        : undefined;
    return purgeView(purge, cancel, {
      ahead,
      keys: keys?.slice(0, KEYS_SHOWN),
    });
  }

  async history(
    query: CachePurgesQuery,
    caller: PurgeCaller,
  ): Promise<Page<CachePurge>> {
    const after = decodeCursor(query.cursor, CURSOR, ['number', 'string']);
    const { items, totalItems } = await this.options.purges.list({
      targets: query.target ?? [...this.options.targets.keys()],
      statuses: query.status,
      before: after && { createdAt: Number(after[0]), id: String(after[1]) },
      limit: query.limit + 1,
    });
    const page = pageOf(items, query.limit, last =>
      encodeCursor(CURSOR, [last.createdAt, last.id]),
    );
    return {
      items: page.rows.map(purge =>
        purgeView(purge, this.cancelCapability(purge, caller)),
      ),
      totalItems,
      pageInfo: { nextCursor: page.nextCursor },
    };
  }

  close(): void {
    for (const session of this.sessions.values()) session.close();
    this.sessions.clear();
  }

  private async summary(
    target: CacheTarget,
    caller: PurgeCaller,
  ): Promise<CacheTargetSummary> {
    const { purges } = this.options;
    const now = Date.now();
    const [health, unfinished, last, cooldown] = await Promise.all([
      targetHealth(this.session(target)),
      purges.unfinished(target.name),
      purges.latest(target.name),
      this.cooldownUntil(target, caller.actor, now),
    ]);
    const active = unfinished.find(p => p.status !== 'queued');
    const view = (purge: PurgeRow | undefined) =>
      purge && purgeView(purge, this.cancelCapability(purge, caller));
    return {
      name: target.name,
      title: target.title,
      description: target.description,
      topology: target.topology,
      allowedPrefixes: target.allowedPrefixes,
      protectedPrefixes: target.protectedPrefixes,
      defaultKeysPerSecond: target.defaultKeysPerSecond,
      maxKeysPerSecond: target.maxKeysPerSecond,
      allowUnthrottled: target.allowUnthrottled,
      maxKeysPerPurge: target.maxKeysPerPurge,
      cooldownSeconds: target.cooldownSeconds,
      ...health,
      activePurge: view(active),
      queued: unfinished.filter(p => p.status === 'queued').length,
      lastPurge: view(last),
      cooldownUntil: cooldown === undefined ? undefined : iso(cooldown),
      purge: purgeCapability(target, caller),
    };
  }

  private async cooldownUntil(
    target: CacheTarget,
    actor: string,
    now: number,
  ): Promise<number | undefined> {
    const last = await this.options.purges.latest(target.name, actor);
    if (!last) return undefined;
    const until = last.createdAt + target.cooldownSeconds * 1000;
    return until > now ? until : undefined;
  }

  private cancelCapability(purge: PurgeRow, caller: PurgeCaller): Capability {
    const target = this.options.targets.get(purge.target);
    const may = target ? purgeCapability(target, caller) : undefined;
    if (may && !may.allowed) return may;
    if (purge.status === 'queued' || purge.status === 'running') {
      return { allowed: true };
    }
    const reason =
      purge.status === 'cancelling'
        ? 'It is being stopped already.'
        : 'It is over.';
    return { allowed: false, reason, rule: 'state' };
  }

  /** One session per target for looking, kept open. */
  private session(target: CacheTarget): CacheSession {
    let session = this.sessions.get(target.name);
    if (!session) {
      session = target.open();
      this.sessions.set(target.name, session);
    }
    return session;
  }
}

function tooSoon(target: CacheTarget, until: number): ConflictError {
  return new ConflictError(
    `You purged ${target.title} a moment ago; the next purge may start at ${iso(
      until,
    )}`,
  );
}
