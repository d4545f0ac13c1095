import { randomUUID } from 'node:crypto';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  createOverrideSchema,
  overrideSubjectInputSchema,
  type OverridePreview,
  type OverridePreviewQuery,
  type OverrideRules,
  type Page,
  type RateLimitOverride,
  type RateLimitOverridesQuery,
  type RateLimitUsage,
} from '@craft-easy/backstage-plugin-operations-common';
import {
  applyOverride,
  cidrSize,
  parseCidr,
  subjectKey,
  type OverrideLimit,
  type OverrideSubject,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { z } from 'zod';
import type { EndingControls } from '../controls/endActions';
import type { ControlPublisher } from '../controls/ControlPublisher';
import { iso, optionalIso, parse } from '../lib';
import { assertLength, assertWithinRules } from './overrideRules';
import type { OverrideStore, StoredOverride } from './OverrideStore';
import { whatIf } from './preview';
import { together, type UsageReader } from './UsageReader';

const TOP_SUBJECTS = 50;

/** The rules of overrides: how long, how large, one per subject at a time. */
export class OverridesService
  implements EndingControls<StoredOverride, RateLimitOverride>
{
  constructor(
    private readonly store: OverrideStore,
    private readonly usage: UsageReader,
    private readonly publisher: Pick<
      ControlPublisher,
      'afterChange' | 'isPublished'
    >,
    readonly rules: OverrideRules,
    private readonly now: () => number = Date.now,
  ) {}

  async list(query: RateLimitOverridesQuery): Promise<Page<RateLimitOverride>> {
    const now = this.now();
    const { overrides, totalItems, nextCursor } = await this.store.list({
      states: query.state,
      subject: query.subject,
      cursor: query.cursor,
      limit: query.limit,
      now,
    });
    return {
      items: overrides.map(o => this.view(o)),
      totalItems,
      pageInfo: { nextCursor },
    };
  }

  /** @throws InputError, ConflictError */
  plan(request: z.output<typeof createOverrideSchema>) {
    const now = this.now();
    const startsAt = request.startsAt ? Date.parse(request.startsAt) : now;
    const override = {
      id: randomUUID(),
      subject: request.subject,
      limit: request.limit,
      limiter: request.limiter,
      startsAt: Math.max(startsAt, now),
      endsAt: Date.parse(request.endsAt),
    };
    assertWithinRules(this.rules, override, now);
    return override;
  }

  /** @throws ConflictError if there is one for the same subject */
  async create(
    planned: ReturnType<OverridesService['plan']>,
    by: string,
    reason: string,
  ): Promise<RateLimitOverride> {
    const now = this.now();
    const stored = await this.store.insert(
      {
        ...planned,
        createdAt: now,
        createdBy: by,
        reason,
      },
      now,
    );
    if ('inTheWay' in stored) {
      throw new ConflictError(
        `There is an override for ${subjectKey(
          planned.subject,
        )} already, up to ${iso(stored.inTheWay.endsAt)}; extend it or end it`,
      );
    }
    await this.publisher.afterChange('rate-limits');
    return this.view(stored.inserted);
  }

  /** @throws NotFoundError, ConflictError if it has ended */
  async unended(id: string): Promise<StoredOverride> {
    const override = await this.store.get(id);
    if (!override) throw new NotFoundError(`There is no override ${id}`);
    if (override.endsAt <= this.now()) {
      throw new ConflictError(`It ended at ${iso(override.endsAt)}`);
    }
    return override;
  }

  /** @throws InputError, ConflictError */
  planExtension(override: StoredOverride, endsAt: number): number {
    if (endsAt <= override.endsAt) {
      throw new InputError(
        `body.endsAt: must be after the present end, ${iso(override.endsAt)}`,
      );
    }
    assertLength(this.rules, override.startsAt, endsAt, this.now());
    return endsAt;
  }

  tenantOf({ subject }: Pick<StoredOverride, 'subject'>): string | undefined {
    return subject.kind === 'tenant' ? subject.tenant : undefined;
  }

  scopeOf({ subject }: StoredOverride): object {
    return { subject };
  }

  audited({ limit, startsAt, endsAt }: RateLimitOverride): object {
    return { limit, startsAt, endsAt };
  }

  async changeEnd(
    id: string,
    change: { endsAt?: number; by: string; reason: string },
  ): Promise<RateLimitOverride> {
    const now = this.now();
    const { endsAt, by, reason } = change;
    const stored = await this.store.changeEnd(id, {
      endsAt: endsAt ?? now,
      endedEarly: endsAt === undefined,
      at: now,
      by,
      reason,
    });
    if (!stored) throw new ConflictError('It has ended meanwhile');
    await this.publisher.afterChange('rate-limits');
    return this.view(stored);
  }

  async preview(query: OverridePreviewQuery): Promise<OverridePreview> {
    const subject = readSubject(query);
    const limit = readLimit(query);
    const now = this.now();
    const all = await this.usage.limiters(now);
    const limiters = await Promise.all(
      all
        .filter(({ name }) => !query.limiter || query.limiter === name)
        .map(async limiter => {
          const quota =
            subject.kind === 'tenant' ? limiter.tenant : limiter.address;
          if (!quota) return undefined;
          const becomes = applyOverride(quota, limit);
          const clients = await this.usage.of(limiter.name, subject, now);
          const minutes = together(clients, now);
          const sum = (verdict: 'passed' | 'refused') =>
            minutes.reduce((n, minute) => n + minute[verdict], 0);
          return {
            limiter: limiter.name,
            quota,
            becomes: becomes ?? null,
            passed: sum('passed'),
            refused: sum('refused'),
            ...whatIf(clients, becomes),
            minutes: minutes.map(m => ({ ...m, at: iso(m.at) })),
          };
        }),
    );
    const unended = await this.store.unended(now);
    const inForce = unended.find(
      o => subjectKey(o.subject) === subjectKey(subject),
    );
    return {
      subject,
      addresses:
        subject.kind === 'cidr'
          ? cidrSize(parseCidr(subject.cidr)!)
          : undefined,
      limiters: limiters.filter(l => l !== undefined),
      inForce: inForce && this.view(inForce),
    };
  }

  async usageNow(): Promise<RateLimitUsage> {
    const now = this.now();
    const limiters = await this.usage.limiters(now);
    const recent = Math.floor(now / 60_000) * 60_000 - 60_000;
    const subjects: RateLimitUsage['subjects'] = [];
    for (const limiter of limiters) {
      const counted = await this.usage.read(limiter.name, now, 60);
      for (const { kind, name, minutes } of counted.values()) {
        const row = {
          ...{ limiter: limiter.name, kind, name },
          quota: kind === 'tenant' ? limiter.tenant : limiter.address,
          ...{ passed: 0, refused: 0, passedLastHour: 0, refusedLastHour: 0 },
        };
        for (const minute of minutes.values()) {
          row.passedLastHour += minute.passed;
          row.refusedLastHour += minute.refused;
          if (minute.at < recent) continue;
          row.passed += minute.passed;
          row.refused += minute.refused;
        }
        subjects.push(row);
      }
    }
    subjects.sort(
      (a, b) =>
        b.refused - a.refused ||
        b.refusedLastHour - a.refusedLastHour ||
        b.passed - a.passed,
    );
    return {
      limiters: limiters.map(({ v: _, ...limiter }) => limiter),
      subjects: subjects.slice(0, TOP_SUBJECTS),
      asOf: iso(now),
      rules: this.rules,
    };
  }

  view(stored: StoredOverride): RateLimitOverride {
    const now = this.now();
    let state: RateLimitOverride['state'] = 'active';
    if (stored.endsAt <= now) state = 'ended';
    else if (stored.startsAt > now) state = 'scheduled';
    return {
      id: stored.id,
      subject: stored.subject,
      limit: stored.limit,
      limiter: stored.limiter,
      startsAt: iso(stored.startsAt),
      endsAt: iso(stored.endsAt),
      state,
      endedEarly: stored.endedEarly,
      createdAt: iso(stored.createdAt),
      createdBy: stored.createdBy,
      reason: stored.reason,
      changedAt: optionalIso(stored.changedAt),
      changedBy: stored.changedBy,
      changeReason: stored.changeReason,
      published: this.publisher.isPublished('rate-limits', stored.revision),
    };
  }
}

function readSubject(query: OverridePreviewQuery): OverrideSubject {
  const { subjectKind: kind, subject } = query;
  return parse(overrideSubjectInputSchema, { kind, [kind]: subject }, 'query');
}

function readLimit(query: OverridePreviewQuery): OverrideLimit {
  const { limitKind: kind, factor, limit, windowSeconds } = query;
  if (kind === 'unlimited') return { kind };
  if (kind === 'multiplier') {
    if (factor === undefined) throw new InputError('query.factor: is missing');
    return { kind, factor };
  }
  if (limit === undefined) throw new InputError('query.limit: is missing');
  return { kind, limit, windowSeconds };
}
