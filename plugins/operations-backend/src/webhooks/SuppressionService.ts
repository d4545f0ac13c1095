import { randomUUID } from 'node:crypto';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  CreateSuppressionRequest,
  MAX_SUPPRESSION_DAYS,
  Page,
  SuppressionsQuery,
  WebhookSuppression,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  webhookReadPermission,
  webhookSuppressPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import type { Conclude } from '../lib/actions';
import { DAY_MS } from '../lib/time';
import type { Access } from '../permissions/Access';
import { SuppressionStore, toSuppression } from './SuppressionStore';
import type { By } from './TriageStore';
import { refusal, sentence } from '../lib/sentences';

/** A suppression that may be created. */
export type SuppressionPlan = Omit<
  CreateSuppressionRequest,
  'reason' | 'until'
> & { until: number };

/** Patterns whose further failures are recorded as suppressed until a time. */
export class SuppressionService {
  private readonly store: SuppressionStore;

  constructor(knex: Knex, private readonly now: () => number = Date.now) {
    this.store = new SuppressionStore(knex);
  }

  async list(
    query: SuppressionsQuery,
    access: Access,
  ): Promise<Page<WebhookSuppression>> {
    const scope = await access.tenants(webhookReadPermission);
    return this.store.list(query, scope, this.now());
  }

  /** @throws InputError if `until` is not ahead, or too far */
  plan(request: Omit<CreateSuppressionRequest, 'reason'>): SuppressionPlan {
    const now = this.now();
    const until = Date.parse(request.until);
    if (until <= now || until > now + MAX_SUPPRESSION_DAYS * DAY_MS) {
      throw refusal(
        InputError,
        sentence('until-ahead', {
          field: 'body.until',
          days: MAX_SUPPRESSION_DAYS,
        }),
      );
    }
    return { ...request, until };
  }

  async create(
    plan: SuppressionPlan,
    by: By,
    access: Access,
    conclude?: Conclude<{ id: string; suppressed: number }>,
  ): Promise<WebhookSuppression> {
    const id = `sup-${randomUUID()}`;
    await this.store.create(
      {
        id,
        tenant: plan.tenant,
        endpoint: plan.endpoint,
        eventType: plan.eventType,
        reason: by.reason,
        createdBy: by.actor,
        createdAt: this.now(),
        until: plan.until,
      },
      {
        includeExisting: plan.includeExisting ?? false,
        scope: await access.tenants(webhookSuppressPermission),
      },
      async (trx, suppressed) => conclude?.(trx, { id, suppressed }),
    );
    return this.get(id, access);
  }

  async get(id: string, access: Access): Promise<WebhookSuppression> {
    const scope = await access.tenants(webhookReadPermission);
    const row = await this.store.get(id, scope);
    if (!row)
      throw refusal(NotFoundError, sentence('suppression-missing', { id }));
    return toSuppression(row, this.now());
  }

  /** @throws ConflictError if it has ended */
  async end(
    id: string,
    by: By,
    access: Access,
    conclude?: Conclude<number>,
  ): Promise<WebhookSuppression> {
    if (!(await this.store.end(id, by.actor, this.now(), conclude))) {
      throw refusal(ConflictError, sentence('suppression-ended'));
    }
    return this.get(id, access);
  }
}
