import { randomUUID } from 'node:crypto';
import { ConflictError, InputError } from '@backstage/errors';
import {
  PREVIEW_TTL_MS,
  evaluatePattern,
  minSoftWindowSeconds,
  type CachePrefixes,
  type CachePreview,
  type CachePurgeRequest,
  type CacheSelection,
  type CacheTargetSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { CacheTarget } from '@craft-easy/backstage-plugin-operations-node';
import type { Conclude } from '../lib/actions';
import { iso } from '../lib/time';
import { browsePrefixes } from './browsePrefixes';
import type { CacheTargets } from './CacheTargets';
import type { PreviewStore } from './PreviewStore';
import { previewNothing, previewSelection } from './previewSelection';
import type { PurgeRow } from './purgeRow';
import {
  assertMayPurge,
  cooldownUntil,
  problemOf,
  rateOf,
  tooSoon,
  windowOf,
  type PurgeCaller,
} from './purgeRules';
import type { PurgeStore } from './PurgeStore';
import { targetSummary } from './targetSummary';
import { refusal, sentence, asValue, reasonOf } from '../lib/sentences';
import { whyNot } from '../permissions/capabilities';

/** What a purge shall do, checked and ready to be stored. */
export interface PurgePlan {
  target: CacheTarget;
  purge: PurgeRow;
  keys?: string[];
}

/** The rules of a new purge: who may purge, what must be previewed, what is never removed. */
export class CachesService {
  constructor(
    private readonly options: {
      targets: CacheTargets;
      purges: PurgeStore;
      previews: PreviewStore;
      /** makes the runner look at once, rather than after its pause */
      kick(): void;
    },
  ) {}

  async list(caller: PurgeCaller): Promise<CacheTargetSummary[]> {
    const { targets, purges } = this.options;
    return Promise.all(
      targets.all.map(target =>
        targetSummary(target, targets.session(target), purges, caller),
      ),
    );
  }

  /** @throws NotFoundError, NotAllowedError */
  assertMayPurge(caller: PurgeCaller, name: string): void {
    assertMayPurge(this.options.targets.get(name), caller);
  }

  /** @throws NotFoundError, NotAllowedError, InputError */
  async prefixes(
    caller: PurgeCaller,
    name: string,
    under = '',
  ): Promise<CachePrefixes> {
    const target = this.options.targets.get(name);
    assertMayPurge(target, caller);
    if (under && !under.endsWith(':')) {
      throw refusal(
        InputError,
        sentence('prefix-colon', { field: 'query.under' }),
      );
    }
    const below = evaluatePattern(`${under}*`, target);
    if (!below.allowed) {
      const problem = asValue(whyNot(below));
      throw refusal(
        InputError,
        sentence('field-says', { field: 'query.under', problem }),
      );
    }
    const session = this.options.targets.session(target);
    return browsePrefixes(target, session, under);
  }

  async preview(
    caller: PurgeCaller,
    name: string,
    selection: CacheSelection,
  ): Promise<CachePreview> {
    const target = this.options.targets.get(name);
    assertMayPurge(target, caller);
    const now = Date.now();
    const verdict =
      selection.pattern === undefined
        ? undefined
        : evaluatePattern(selection.pattern, target);
    const session = this.options.targets.session(target);
    const facts = verdict?.reason
      ? await previewNothing(session)
      : await previewSelection(target, session, selection);
    const problem =
      verdict?.words?.reason ?? verdict?.reason ?? problemOf(target, facts);
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
      ...(problem && reasonOf(problem)),
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
   * Checks a request against every rule of purges.
   * @throws NotFoundError, NotAllowedError, InputError, ConflictError
   */
  async plan(
    caller: PurgeCaller,
    name: string,
    request: CachePurgeRequest,
  ): Promise<PurgePlan> {
    const target = this.options.targets.get(name);
    assertMayPurge(target, caller);
    const now = Date.now();
    const stored = await this.options.previews.get(
      request.previewId,
      caller.actor,
      now,
    );
    if (!stored || stored.target !== name) {
      throw refusal(ConflictError, sentence('purge-look-first'));
    }
    const { selection, preview } = stored;
    if (selection.pattern !== undefined) {
      // again: the rules may have changed since the preview
      const verdict = evaluatePattern(selection.pattern, target);
      if (!verdict.allowed) throw refusal(ConflictError, whyNot(verdict));
      if (
        verdict.needsConfirmation &&
        request.confirmation !== selection.pattern
      ) {
        throw refusal(
          InputError,
          sentence('pattern-type-out', { field: 'body.confirmation' }),
        );
      }
    }
    if (!preview.allowed) throw refusal(ConflictError, whyNot(preview));
    const mine = await this.options.purges.latest(name, caller.actor);
    const until = cooldownUntil(target, mine, now);
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
  async start(
    plan: PurgePlan,
    auditId: string,
    conclude?: Conclude<PurgeRow>,
  ): Promise<PurgeRow> {
    const purge = { ...plan.purge, auditId };
    const { target, keys } = plan;
    const cooldownMs = target.cooldownSeconds * 1000;
    const stored = await this.options.purges.insert(
      purge,
      keys,
      cooldownMs > 0 ? purge.createdAt - cooldownMs : undefined,
      async trx => conclude?.(trx, purge),
    );
    // the same person has just begun another
    if (!stored) throw tooSoon(target, purge.createdAt + cooldownMs);
    this.options.kick();
    return purge;
  }
}
