import { randomUUID } from 'node:crypto';
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
import type { JsonObject } from '@backstage/types';
import type { Idempotency, IdempotentRequest } from '../lib/idempotency';
import { MalformedRequestError } from '../lib/parse';
import type { Caller } from '../lib/routes';
import type { ActionPace } from './ActionPace';
import type { AuditStore, NewAuditRow } from './AuditStore';
import type { Redact } from './redact';
import { Authorized, type SecondPerson } from './SecondPerson';

/** What is judged to be good to do: what the trail says of it, and what the deed needs. */
export interface Plan<P> {
  reason: string;
  /** what is being made, by its id: the trail names that instead of the place where it is made */
  target?: string;
  tenant?: string;
  parameters?: unknown;
  before?: unknown;
  /** handed to `act` */
  plan: P;
}

/** How the deed went. */
export interface Deed<T> {
  /** small, and JSON: with an `Idempotency-Key` it is remembered for repetitions */
  result: T;
  before?: unknown;
  after?: unknown;
  /** the deed has only begun: who carries it out writes the outcome when it is over (`outcomeOf`) */
  endsLater?: boolean;
}

/** An action as the door sees it; its steps are taken in the order in which they stand here. */
export interface AuditedAction<P, T> {
  /** `<capability>.<verb>`, such as `job.run` */
  action: string;
  /** such as `job:bullmq/nightly` */
  target: string;
  /** where the portal shows it */
  href?: string;
  jobId?: string;
  tenant?: string;
  /** the reason as sent: for the row of a refusal, where nothing was validated yet */
  rawReason?: string;
  /** @throws NotAllowedError */
  authorize(): Promise<void>;
  /** reads the body, so that a repetition can be told from something else. @throws MalformedRequestError */
  idempotency?(): IdempotentRequest | undefined;
  /** @throws MalformedRequestError, InputError or ConflictError if a rule says no, NotFoundError */
  validate(): Promise<Plan<P>>;
  act(plan: P, entryId: string): Promise<Deed<T>>;
}

/** The one door: every change that somebody makes goes through `run`. */
export interface AuditedActions {
  /**
   * Authorises, validates, writes down what is intended, acts, writes down how it ended. If the intent cannot be written, nothing is done.
   *
   * @throws what the steps throw; TooManyActionsError; ServiceUnavailableError if the trail cannot be written; what {@link SecondPerson} tells where one is needed
   */
  run<P, T>(
    caller: Caller,
    action: AuditedAction<P, T>,
  ): Promise<{ result: T; auditId: string }>;
}

export function createAuditedActions(deps: {
  store: Pick<AuditStore, 'append'>;
  auditor: AuditorService;
  idempotency: Pick<Idempotency, 'once'>;
  redact: Redact;
  logger: LoggerService;
  /** absent: nobody needs one */
  secondPerson?: SecondPerson;
  /** absent: as many as one likes */
  pace?: Pick<ActionPace, 'count'>;
  now?: () => number;
}): AuditedActions {
  const { store, auditor, idempotency, redact, logger, secondPerson } = deps;
  const now = deps.now ?? Date.now;

  /** What a store or an engine says may hold what it was given. */
  const clean = <M extends { error?: Error }>(more: M): M =>
    more.error
      ? { ...more, error: new Error(redact(more.error.message) as string) }
      : more;

  /** A refusal is told in one go: what was wanted, and that it was not done. */
  async function refused(
    caller: Caller,
    action: AuditedAction<unknown, unknown>,
    error: Error,
    plan: Partial<Plan<unknown>>,
  ): Promise<void> {
    const intent = intentOf(caller, action, plan, redact, now());
    const outcome = outcomeOf(intent, 'refused', now(), clean({ error }));
    try {
      await store.append([intent, outcome]);
    } catch (cause) {
      // Nothing was done and nothing will be. What cannot be written down is not answered either: nobody tries doors unseen.
      logger.error(
        `Cannot audit a refusal of ${action.action}`,
        cause as Error,
      );
      throw unwritable();
    }
    const ended = await mirror(auditor, intent, logger);
    await ended(error);
  }

  async function perform<P, T>(
    caller: Caller,
    action: AuditedAction<P, T>,
  ): Promise<{ result: T; auditId: string } | { waitsFor: string }> {
    let judged: Plan<P> | undefined;
    let intent: NewAuditRow;
    try {
      judged = await action.validate();
      intent = intentOf(caller, action, judged, redact, now());
      const waitsFor = await secondPerson?.pass(caller, {
        ...intent,
        // asked for anew, what is made has another id
        target: action.target,
        before: redact(judged.before),
        reason: judged.reason,
      });
      if (waitsFor) return { waitsFor };
    } catch (error) {
      if (isRefusal(error)) {
        await refused(caller, action, error, judged ?? {});
      }
      throw error;
    }
    const plan = judged;
    try {
      await store.append([intent]);
    } catch (error) {
      logger.error(`Cannot audit ${action.action}: not done`, error as Error);
      throw unwritable();
    }
    const ended = await mirror(auditor, intent, logger);

    const finish = async (
      outcome: 'succeeded' | 'refused' | 'failed',
      more: { error?: Error; before?: unknown; after?: unknown },
    ) => {
      const row = outcomeOf(intent, outcome, now(), {
        ...clean(more),
        before: redact(more.before ?? plan.before),
        after: redact(more.after),
      });
      try {
        await store.append([row]);
      } catch (error) {
        // The deed is done (or not) whatever we write; the trail goes on saying "intended", which is what we know to be true.
        logger.error(`Cannot audit how ${action.action} ended`, error as Error);
      }
    };

    let deed: Deed<T>;
    try {
      deed = await action.act(plan.plan, intent.entryId);
    } catch (error) {
      await finish(isRefusal(error) ? 'refused' : 'failed', {
        error: error as Error,
      });
      await ended(error as Error);
      throw error;
    }
    if (!deed.endsLater) await finish('succeeded', deed);
    await ended();
    return { result: deed.result, auditId: intent.entryId };
  }

  return {
    async run(caller, action) {
      if (caller.onlyAuthorize) {
        await action.authorize();
        throw new Authorized();
      }
      // Leaves no row: what floods must not flood the trail. What was approved has been counted when it was asked for.
      if (!caller.approval) await deps.pace?.count(caller.actor);
      try {
        await action.authorize();
      } catch (error) {
        if (isRefusal(error)) await refused(caller, action, error, {});
        throw error;
      }
      const done = await idempotency.once(action.idempotency?.(), () =>
        perform(caller, action),
      );
      if ('waitsFor' in done) {
        throw await secondPerson!.told(caller, done.waitsFor);
      }
      return done;
    },
  };
}

function unwritable(): Error {
  return new ServiceUnavailableError(
    'The audit trail cannot be written, so nothing was done',
  );
}

/** A no of a rule or a permission. A malformed request or an unknown thing asks for nothing that could be refused. */
export function isRefusal(error: unknown): error is Error {
  if (error instanceof MalformedRequestError) return false;
  if (error instanceof NotFoundError) return false;
  return (
    error instanceof NotAllowedError ||
    error instanceof ConflictError ||
    error instanceof InputError
  );
}

function intentOf(
  caller: Caller,
  action: AuditedAction<never, unknown> | AuditedAction<unknown, unknown>,
  plan: Partial<Plan<unknown>>,
  redact: Redact,
  at: number,
): NewAuditRow {
  return {
    entryId: randomUUID(),
    kind: 'intent',
    at,
    actor: caller.actor,
    onBehalfOf: caller.onBehalfOf,
    action: action.action,
    target: plan.target ?? action.target,
    href: action.href,
    jobId: action.jobId,
    tenant: plan.tenant ?? action.tenant,
    reason: redact(plan.reason ?? action.rawReason) as string | undefined,
    parameters: redact(plan.parameters),
    approval: caller.approval,
    requestId: caller.requestId,
    ip: caller.ip,
    userAgent: caller.userAgent,
  };
}

/** The row that ends an entry. It repeats what the entry is found by. */
export function outcomeOf(
  intent: NewAuditRow,
  outcome: 'succeeded' | 'refused' | 'failed',
  at: number,
  more: { error?: Error; before?: unknown; after?: unknown },
): NewAuditRow {
  return {
    entryId: intent.entryId,
    kind: 'outcome',
    at,
    actor: intent.actor,
    action: intent.action,
    target: intent.target,
    jobId: intent.jobId,
    tenant: intent.tenant,
    outcome,
    error: more.error?.message.slice(0, 2000),
    before: more.before,
    after: more.after,
  };
}

/** The same event in Backstage's own audit log; the trail does not depend on it. */
async function mirror(
  auditor: AuditorService,
  intent: NewAuditRow,
  logger: LoggerService,
): Promise<(error?: Error) => Promise<void>> {
  const { entryId, actor, action, target, tenant, reason, requestId } = intent;
  const warn = (error: unknown) =>
    logger.warn("Cannot write to Backstage's audit log", error as Error);
  const meta = { entryId, actor, action, target, tenant, reason, requestId };
  try {
    const event = await auditor.createEvent({
      eventId: action.replace(/\./g, '-'),
      severityLevel: 'medium',
      meta: JSON.parse(JSON.stringify(meta)) as JsonObject,
    });
    return error =>
      (error ? event.fail({ error }) : event.success()).catch(warn);
  } catch (error) {
    warn(error);
    return async () => {};
  }
}
