import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type { Knex } from 'knex';
import {
  IDEMPOTENCY_KEY_HEADER,
  type Approval,
} from '@craft-easy/backstage-plugin-operations-common';
import type { AnyAction, Outcome, Plan, Subject } from '../lib/actions';
import type { ActionExecutor } from '../lib/api';
import { faultFor } from '../lib/faults';
import {
  idempotencyOf,
  type Claim,
  type Idempotency,
  type IdempotentRequest,
  uuidOf,
} from '../lib/idempotency';
import { MalformedRequestError } from '../lib/parse';
import type { ActionContext, Answer, Caller } from '../lib/context';
import type { Route } from '../lib/routes';
import type { ActionPace } from './ActionPace';
import type { AuditStore, NewAuditRow } from './AuditStore';
import { outcomeOf } from './entryRows';
import { mirror } from './mirror';
import type { Redact } from './redact';
import type { EntryLeases } from './settling/EntryLeases';
import { refusal, sentence } from '../lib/sentences';

/** An action that is planned and not yet done: what the audit trail would say of it. */
export type PlannedAction = Pick<
  NewAuditRow,
  'action' | 'target' | 'jobId' | 'tenant' | 'parameters' | 'before'
> & { reason: string };

/** Keeps actions for which one person is not enough until another one has approved them. */
export interface SecondPerson {
  /**
   * Asked when an action is planned and nothing is written yet. `parameters` and `before` are as
   * they will be stored.
   *
   * @returns nothing if the action may go on, by itself or by the approval that the caller brings;
   *   else the id of the approval that it waits for
   * @throws ConflictError if it is not what was approved; NotAllowedError if the caller cannot ask
   *   for it
   */
  pass(caller: Caller, action: PlannedAction): Promise<string | undefined>;

  /** The approval that an action waits for, as the caller sees it. */
  view(id: string, caller: Caller): Promise<Approval>;
}

export interface AuditedActionsOptions {
  store: Pick<AuditStore, 'append' | 'appendIn' | 'outcomeOf'>;
  /** absent: nobody settles what a process leaves open */
  leases?: Pick<EntryLeases, 'hold'>;
  auditor: AuditorService;
  idempotency: Pick<Idempotency, 'once'>;
  redact: Redact;
  logger: LoggerService;
  /** absent: no action needs one */
  secondPerson?: SecondPerson;
  /** absent: actors may take any number of actions */
  pace?: Pick<ActionPace, 'count'>;
  /** an action of this capability was taken */
  onActed?(capability: string): void;
  now?: () => number;
}

/** An action of one caller, as the audit trail names it. */
interface Entry extends Subject {
  action: string;
  rawReason?: string;
}

type Done = { result: object; auditId: string } | { waitsFor: string };

/** Attempts under one key that are known to have failed; more than anybody makes in a day. */
const MOST_ATTEMPTS = 100;

/**
 * The one way in which anything is changed. An action is authorised and planned. Its intent is
 * written to the audit trail, then it is performed, then its outcome is written. If the intent
 * cannot be written, nothing is performed. Refusals are written too; one that cannot be written is
 * answered with 503.
 */
export class AuditedActions implements ActionExecutor {
  private readonly now: () => number;

  constructor(private readonly options: AuditedActionsOptions) {
    this.now = options.now ?? Date.now;
  }

  /**
   * Asks whether the caller may take an action, and does nothing.
   *
   * @throws NotAllowedError, NotFoundError
   */
  async authorize(route: Route, c: ActionContext): Promise<void> {
    const action = route.action!;
    const found = await action.load?.(c);
    await authorizeStep(route, action, c, found, action.about(c, found));
  }

  /**
   * Takes an action: load, authorize, plan, act.
   *
   * @throws what the steps throw; TooManyActionsError; ServiceUnavailableError if the audit trail
   *   cannot be written
   */
  async perform(route: Route, c: ActionContext): Promise<Answer> {
    const action = route.action!;
    const { caller } = c;
    // A refusal because of the pace writes no row, so that a flood of requests cannot flood the
    // trail. An approved action was counted when it was requested.
    if (!caller.approval) await this.options.pace?.count(caller.actor);

    const found = await action.load?.(c);
    const subject = action.about(c, found);
    const entry: Entry = {
      ...subject,
      action: subject.action ?? action.name,
      rawReason: c.rawReason(),
    };
    try {
      await authorizeStep(route, action, c, found, subject);
    } catch (error) {
      if (isRefusal(error)) await this.refuse(caller, entry, error);
      throw error;
    }
    const request = [
      entry.action,
      entry.target,
      c.header('if-match'),
      c.body(),
    ];
    const idempotent = idempotencyOf(
      caller.actor,
      c.header(IDEMPOTENCY_KEY_HEADER),
      request,
    );
    const done = await this.options.idempotency.once(idempotent, claim =>
      this.planAndAct(action, c, found, entry, { claim, idempotent }),
    );
    if ('waitsFor' in done) {
      const view = this.options.secondPerson!.view(done.waitsFor, caller);
      return { status: 202, body: { approval: await view } };
    }
    this.options.onActed?.(route.capability);
    const answer = action.answer
      ? await action.answer(done.result, c)
      : done.result;
    return { status: route.status, body: { ...answer, auditId: done.auditId } };
  }

  private async planAndAct(
    action: AnyAction,
    c: ActionContext,
    found: unknown,
    entry: Entry,
    once: { claim: Claim; idempotent?: IdempotentRequest },
  ): Promise<Done> {
    const { store, auditor, leases, redact, logger, secondPerson } =
      this.options;
    const { caller } = c;
    const { reason } = c.body() as { reason: string };
    let plan: Plan<unknown> | undefined;
    let intent: NewAuditRow;
    let isBegun = false;
    try {
      plan = await action.plan(c, found);
      // Large parameters take time at each step: others are served in between.
      await nextTurn();
      intent = this.intentOf(caller, entry, { ...plan, reason });
      if (plan.makes && once.idempotent) {
        const known = await this.entryToGoOnWith(once.idempotent);
        intent = { ...intent, entryId: known?.entryId ?? intent.entryId };
        isBegun = known?.isBegun ?? false;
      }
      const waitsFor = await secondPerson?.pass(caller, {
        ...intent,
        // The id of a created resource differs when the action is requested again.
        target: entry.target,
        before: redact(plan.before),
        reason,
      });
      if (waitsFor) return { waitsFor };
    } catch (error) {
      if (isRefusal(error)) {
        await this.refuse(caller, entry, error, { ...plan, reason });
      }
      throw error;
    }
    await nextTurn();
    try {
      if (!isBegun) await store.append([intent], plan.makes);
    } catch (error) {
      logger.error(`Cannot audit ${entry.action}: not done`, error as Error);
      throw unwritable();
    }
    await nextTurn();
    const mirrored = await mirror(auditor, intent, logger);
    const act = () =>
      this.act(action, c, {
        ...{ intent, plan: plan!, reason },
        claim: once.claim,
      });
    try {
      const held = leases?.hold(intent.entryId, act) ?? act();
      const done = { result: await held, auditId: intent.entryId };
      await mirrored();
      return done;
    } catch (error) {
      await mirrored(error as Error);
      throw error;
    }
  }

  /**
   * The entry of a request under a key, which a repetition goes on with: what it makes has the same
   * id again, so it is done once. An attempt that is known to have ended without success keeps its
   * entry, and the next one has another.
   */
  private async entryToGoOnWith(
    request: IdempotentRequest,
  ): Promise<{ entryId: string; isBegun: boolean } | undefined> {
    const key = `${request.key} ${request.requestHash}`;
    for (let failed = 0; failed < MOST_ATTEMPTS; failed++) {
      const entryId = uuidOf({
        ...request,
        key: failed ? `${key} ${failed}` : key,
      });
      const outcome = await this.options.store.outcomeOf(entryId);
      if (outcome === undefined) return { entryId, isBegun: false };
      if (outcome === 'intended' || outcome === 'succeeded') {
        return { entryId, isBegun: true };
      }
    }
    return undefined;
  }

  /** The effect, and how it ended: with an effect in our own database, in one transaction. */
  private async act(
    action: AnyAction,
    c: ActionContext,
    begun: {
      intent: NewAuditRow;
      plan: Plan<unknown>;
      reason: string;
      claim: Claim;
    },
  ): Promise<object> {
    const { intent, plan, reason, claim } = begun;
    const auditId = intent.entryId;
    let concluded = false;
    const conclude = async (
      trx: Knex.Transaction,
      outcome: Outcome<object>,
    ): Promise<void> => {
      const { result, endsLater } = outcome;
      await claim.remember(trx, { result, auditId });
      if (!endsLater) {
        const row = this.outcomeOf(intent, 'succeeded', outcome, plan);
        if ((await this.options.store.appendIn(trx, [row])) === 0) {
          throw refusal(ConflictError, sentence('action-taken-for-dead'));
        }
      }
      concluded = true;
    };
    try {
      const acting = { ...c, reason, entryId: auditId, conclude };
      const outcome = await action.act(plan.plan, acting);
      if (!outcome.endsLater && !concluded) {
        await this.end(intent, 'succeeded', outcome, plan);
      }
      return outcome.result;
    } catch (error) {
      const how = isRefusal(error) ? 'refused' : 'failed';
      await this.end(intent, how, { error: error as Error }, plan);
      throw error;
    }
  }

  /** Writes a refusal: what was requested, and that it was not performed. */
  private async refuse(
    caller: Caller,
    entry: Entry,
    error: Error,
    plan: Partial<Plan<unknown>> & { reason?: string } = {},
  ): Promise<void> {
    const { store, auditor, logger } = this.options;
    const intent = this.intentOf(caller, entry, plan);
    const outcome = outcomeOf(
      intent,
      'refused',
      this.now(),
      this.clean({ error }),
    );
    try {
      await store.append([intent, outcome]);
    } catch (cause) {
      // The action was not performed. The caller gets 503 instead of the refusal, so that nobody
      // can probe permissions without leaving a trace.
      logger.error(`Cannot audit a refusal of ${entry.action}`, cause as Error);
      throw unwritable();
    }
    const mirrored = await mirror(auditor, intent, logger);
    await mirrored(error);
  }

  /** Writes how an action ended. */
  private async end(
    intent: NewAuditRow,
    how: 'succeeded' | 'refused' | 'failed',
    ended: { error?: Error; before?: unknown; after?: unknown },
    plan: Plan<unknown>,
  ): Promise<void> {
    const { store, logger } = this.options;
    try {
      await store.append([this.outcomeOf(intent, how, ended, plan)]);
    } catch (error) {
      // The action has ended, whatever is written here. The trail says "intended" until the entry
      // is settled from the facts.
      logger.error(`Cannot audit how ${intent.action} ended`, error as Error);
    }
  }

  private outcomeOf(
    intent: NewAuditRow,
    how: 'succeeded' | 'refused' | 'failed',
    ended: { error?: Error; before?: unknown; after?: unknown },
    plan: Plan<unknown>,
  ): NewAuditRow {
    const { redact } = this.options;
    const { error } = this.clean(ended);
    return outcomeOf(intent, how, this.now(), {
      error,
      before: redact(ended.before ?? plan.before),
      after: redact(ended.after),
    });
  }

  private intentOf(
    caller: Caller,
    entry: Entry,
    plan: Partial<Plan<unknown>> & { reason?: string },
  ): NewAuditRow {
    const { redact } = this.options;
    return {
      entryId: randomUUID(),
      kind: 'intent',
      at: this.now(),
      actor: caller.actor,
      onBehalfOf: caller.onBehalfOf,
      action: entry.action,
      target: plan.target ?? entry.target,
      jobId: entry.jobId,
      tenant: plan.tenant ?? entry.tenant,
      reason: redact(plan.reason ?? entry.rawReason) as string | undefined,
      parameters: redact(plan.parameters),
      approval: caller.approval,
      requestId: caller.requestId,
      ip: caller.ip,
      userAgent: caller.userAgent,
    };
  }

  /** An error of a store or an engine may quote a secret that it was given. */
  private clean<M extends { error?: Error }>(ended: M): M {
    if (!ended.error) return ended;
    const shown = faultFor(ended.error) ?? ended.error;
    const message = this.options.redact(shown.message) as string;
    return { ...ended, error: new Error(message) };
  }
}

async function authorizeStep(
  route: Route,
  action: AnyAction,
  c: ActionContext,
  found: unknown,
  { tenant }: Subject,
): Promise<void> {
  if (action.authorize) await action.authorize(c, found);
  else await c.access.requireFor(route.permission, tenant);
}

function unwritable(): Error {
  return refusal(ServiceUnavailableError, sentence('trail-unwritable'));
}

/**
 * Whether a rule or a permission refused the action. A malformed request or an unknown resource
 * is no refusal: nothing was requested that a rule could refuse.
 */
export function isRefusal(error: unknown): error is Error {
  if (error instanceof MalformedRequestError) return false;
  if (error instanceof NotFoundError) return false;
  return (
    error instanceof NotAllowedError ||
    error instanceof ConflictError ||
    error instanceof InputError
  );
}
