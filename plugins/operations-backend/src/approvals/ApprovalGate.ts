import { randomUUID } from 'node:crypto';
import {
  ConflictError,
  NotAllowedError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import type { PlannedAction, SecondPerson } from '../audit/AuditedActions';
import { doneEntry } from '../audit/entryRows';
import type { AuditStore } from '../audit/AuditStore';
import { canonicalJson } from '../audit/chain';
import type { Caller } from '../lib/context';
import { iso, MINUTE_MS } from '../lib/time';
import type { ApprovalRules } from './ApprovalRules';
import type { ApprovalStore, NewApproval } from './ApprovalStore';
import type { PrincipalSnapshot, Requesters } from './Requesters';
import { viewOf } from './views';
import { refusal, sentence, asValue } from '../lib/sentences';

/** Stores actions that need a second person, and lets an approved action pass. */
export class ApprovalGate implements SecondPerson {
  constructor(
    private readonly options: {
      knex: Knex;
      rules: ApprovalRules;
      store: ApprovalStore;
      audit: Pick<AuditStore, 'appendIn'>;
      requesters: Requesters;
      onChanged(): void;
      now(): number;
    },
  ) {}

  async pass(
    caller: Caller,
    action: PlannedAction,
  ): Promise<string | undefined> {
    if (caller.approval) {
      await this.assertApproved(caller.approval.id, action);
      return undefined;
    }
    const rule = this.options.rules.find(action);
    if (!rule) return undefined;
    if (!caller.request) {
      throw refusal(ConflictError, sentence('approval-not-kept'));
    }
    const { knex, store, audit, requesters } = this.options;
    const { person, ...snapshot } = await requesters.snapshot(
      caller.credentials,
    );
    const id = randomUUID();
    const target = `approval:${id}`;
    const now = this.options.now();
    const expiresAt = now + rule.withinMinutes * MINUTE_MS;
    const { actor, onBehalfOf, requestId, ip, userAgent } = caller;
    const { jobId, tenant, reason, parameters } = action;
    const entry = doneEntry(
      {
        at: now,
        actor,
        onBehalfOf,
        action: 'approval.request',
        target,
        jobId,
        tenant,
        reason,
        parameters: {
          action: action.action,
          target: action.target,
          parameters,
          rule: rule.description,
          expiresAt: iso(expiresAt),
        },
        requestId,
        ip,
        userAgent,
      },
      { state: 'waiting' },
    );
    const approval: NewApproval = {
      id,
      action: action.action,
      target: action.target,
      jobId,
      tenant,
      reason,
      parameters: textOf(parameters),
      before: textOf(action.before),
      rule: rule.description,
      requestedBy: actor,
      onBehalfOf,
      person,
      requestedAt: now,
      expiresAt,
      request: JSON.stringify(caller.request),
      snapshot: JSON.stringify(snapshot),
    };
    try {
      await knex.transaction(async trx => {
        await store.insert(approval, trx);
        await audit.appendIn(trx, entry);
      });
    } catch (cause) {
      throw refusal(
        ServiceUnavailableError,
        sentence('trail-unwritable-asked'),
        cause,
      );
    }
    this.options.onChanged();
    return id;
  }

  async view(id: string, caller: Caller): Promise<Approval> {
    const { store, rules } = this.options;
    const row = (await store.get(id))!;
    const viewer = { caller, permitted: false, byAgents: rules.byAgents };
    return viewOf(row, viewer, this.options.now());
  }

  /** The plan must be the one that was approved, and the requester's groups must be unchanged. */
  private async assertApproved(
    id: string,
    action: PlannedAction,
  ): Promise<void> {
    const { store, requesters } = this.options;
    const row = await store.get(id);
    const isSame =
      row?.state === 'approved' &&
      row.action === action.action &&
      row.target === action.target &&
      row.tenant === action.tenant &&
      row.parameters === textOf(action.parameters);
    if (!isSame) {
      throw refusal(ConflictError, sentence('approval-other-plan'));
    }
    const { ownership }: PrincipalSnapshot = JSON.parse(row.snapshot!);
    const changed = await requesters.revalidate(row.person, ownership);
    if (changed) {
      throw refusal(
        NotAllowedError,
        sentence('approval-rights-changed', { changed: asValue(changed) }),
      );
    }
  }
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalJson(value);
}
