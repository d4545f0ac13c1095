import { randomUUID } from 'node:crypto';
import { InputError } from '@backstage/errors';
import {
  createOverrideSchema,
  overrideSubjectInputSchema,
  type OverridePreview,
  type OverridePreviewQuery,
  type OverrideRules,
  type Page,
  type RateLimitOverridesQuery,
  type RateLimitUsage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { RateLimitOverride } from '@craft-easy/backstage-plugin-operations-common';
import {
  applyOverride,
  cidrSize,
  parseCidr,
  subjectKey,
  type OverrideLimit,
  type OverrideSubject,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { z } from 'zod';
import type { Publisher } from '../controls/ControlPublisher';
import { TimedControlService } from '../controls/TimedControlService';
import { parse } from '../lib/parse';
import { likePattern } from '../lib/sql';
import { iso, MINUTE_MS, optionalMs } from '../lib/time';
import { assertWithinRules } from './overrideRules';
import type { OverrideStore, StoredOverride } from './OverrideStore';
import { whatIf } from './preview';
import { sumByMinute, type UsageReader } from './UsageReader';
import { refusal, sentence } from '../lib/sentences';

type CreateRequest = z.output<typeof createOverrideSchema>;

const TOP_SUBJECTS = 50;

/** The rules of overrides: how long, how large, one per subject at a time. */
export class OverridesService extends TimedControlService<
  StoredOverride,
  RateLimitOverride,
  CreateRequest
> {
  constructor(
    store: OverrideStore,
    private readonly usage: UsageReader,
    publisher: Publisher,
    readonly rules: OverrideRules,
    now: () => number = Date.now,
  ) {
    const { maxDurationMs } = rules;
    super(store, { publisher, noun: 'override', maxDurationMs }, now);
  }

  list(query: RateLimitOverridesQuery): Promise<Page<RateLimitOverride>> {
    return this.page(query, rows => {
      if (!query.subject) return;
      rows.whereRaw("lower(subject_key) like ? escape '\\'", [
        likePattern(query.subject.toLowerCase()),
      ]);
    });
  }

  plan(request: CreateRequest) {
    const now = this.now();
    const startsAt = Math.max(optionalMs(request.startsAt) ?? now, now);
    const endsAt = Date.parse(request.endsAt);
    const { subject, limit, limiter } = request;
    this.assertLength(startsAt, endsAt);
    assertWithinRules(this.rules, subject, limit);
    return { id: randomUUID(), subject, limit, limiter, startsAt, endsAt };
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
          const minutes = sumByMinute(clients, now);
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
    const recent = (Math.floor(now / MINUTE_MS) - 1) * MINUTE_MS;
    const subjects: RateLimitUsage['subjects'] = [];
    for (const limiter of limiters) {
      const counted = await this.usage.read(limiter.name, now, 60);
      for (const { kind, name, minutes } of counted.values()) {
        const row = {
          limiter: limiter.name,
          kind,
          name,
          quota: kind === 'tenant' ? limiter.tenant : limiter.address,
          passed: 0,
          refused: 0,
          passedLastHour: 0,
          refusedLastHour: 0,
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
    const { subject, limit, limiter } = stored;
    return { ...this.timed(stored), subject, limit, limiter };
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
    if (factor === undefined)
      throw refusal(
        InputError,
        sentence('field-missing', { field: 'query.factor' }),
      );
    return { kind, factor };
  }
  if (limit === undefined)
    throw refusal(
      InputError,
      sentence('field-missing', { field: 'query.limit' }),
    );
  return { kind, limit, windowSeconds };
}
