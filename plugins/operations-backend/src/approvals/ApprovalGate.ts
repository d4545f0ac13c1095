import { randomUUID } from 'node:crypto';
import {
  ConflictError,
  NotAllowedError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import type { AuditStore, NewAuditRow } from '../audit/AuditStore';
import { outcomeOf } from '../audit/auditedAction';
import { canonicalJson } from '../audit/chain';
import type { JudgedAction, SecondPerson } from '../audit/SecondPerson';
import type { Caller } from '../lib/routes';
import type { ApprovalRules } from './ApprovalRules';
import { ApprovalRequestedError } from './ApprovalRequestedError';
import type { ApprovalStore } from './ApprovalStore';
import type { Requesters, Standing } from './Requesters';

/** Stands in the one door: keeps what needs a second person, and lets through what one has approved. */
export class ApprovalGate implements SecondPerson {
  constructor(
    private readonly deps: {
      knex: Knex;
      rules: ApprovalRules;
      store: ApprovalStore;
      audit: Pick<AuditStore, 'appendIn'>;
      requesters: Requesters;
      view(id: string, caller: Caller): Promise<Approval>;
      onChanged(): void;
      now(): number;
    },
  ) {}

  async pass(
    caller: Caller,
    action: JudgedAction,
  ): Promise<string | undefined> {
    if (caller.approval) {
      await this.check(caller.approval.id, action);
      return undefined;
    }
    const rule = this.deps.rules.find(action);
    if (!rule) return undefined;
    if (!caller.request) {
      throw new ConflictError(
        'This needs a second person, and cannot be kept for one on this way: ask for it over the API',
      );
    }
    const { person, ...standing } = await this.deps.requesters.standing(
      caller.credentials,
    );
    const id = randomUUID();
    const now = this.deps.now();
    const expiresAt = now + rule.withinMinutes * 60_000;
    const { reason, ...told } = action;
    const intent: NewAuditRow = {
      entryId: randomUUID(),
      kind: 'intent',
      at: now,
      actor: caller.actor,
      onBehalfOf: caller.onBehalfOf,
      action: 'approval.request',
      target: `approval:${id}`,
      href: hrefOf(id),
      jobId: action.jobId,
      tenant: action.tenant,
      reason,
      parameters: {
        ...{ action: told.action, target: told.target },
        ...{ parameters: told.parameters, rule: rule.description },
        expiresAt: new Date(expiresAt).toISOString(),
      },
      requestId: caller.requestId,
      ip: caller.ip,
      userAgent: caller.userAgent,
    };
    const { store, audit, knex } = this.deps;
    try {
      await knex.transaction(async trx => {
        await store.insert(
          {
            id,
            action: action.action,
            target: action.target,
            href: action.href ?? null,
            job_id: action.jobId ?? null,
            tenant: action.tenant ?? null,
            reason,
            parameters: textOf(action.parameters),
            rule: rule.description ?? null,
            requested_by: caller.actor,
            on_behalf_of: caller.onBehalfOf ?? null,
            person,
            requested_at: now,
            expires_at: expiresAt,
            request: JSON.stringify(caller.request),
            standing: JSON.stringify(standing),
          },
          trx,
        );
        const outcome = outcomeOf(intent, 'succeeded', now, {
          after: { state: 'waiting' },
        });
        await audit.appendIn(trx, [intent, outcome]);
      });
    } catch (cause) {
      throw new ServiceUnavailableError(
        'The audit trail cannot be written, so nothing was asked for',
        cause,
      );
    }
    this.deps.onChanged();
    return id;
  }

  async told(caller: Caller, id: string): Promise<Error> {
    return new ApprovalRequestedError(await this.deps.view(id, caller));
  }

  /** What is done is what was approved, for who still is who he was: nothing that was looked up anew may differ. */
  private async check(id: string, action: JudgedAction): Promise<void> {
    const row = await this.deps.store.get(id);
    const same =
      row?.state === 'approved' &&
      row.action === action.action &&
      row.target === action.target &&
      row.tenant === (action.tenant ?? null) &&
      row.parameters === textOf(action.parameters);
    if (!same) {
      throw new ConflictError(
        'What would be done now is not what was approved: it has to be asked for anew',
      );
    }
    const { ownership }: Standing = JSON.parse(row.standing!);
    const lost = await this.deps.requesters.whatIsLost(row.person, ownership);
    if (lost) {
      throw new NotAllowedError(
        `Who asked for it is not who he was: ${lost}. It has to be asked for anew`,
      );
    }
  }
}

/** Where the portal shows an approval. */
export function hrefOf(id: string): string {
  return `/operations/audit?approval=${id}`;
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : canonicalJson(value);
}
