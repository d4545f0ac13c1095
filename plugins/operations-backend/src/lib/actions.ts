/**
 * What an action is. An action is data: four steps and what the audit trail says of them. Nothing
 * here carries one out; `AuditedActions` does, the same way for every capability:
 *
 *   load       what the action is about, as it is now                        404
 *   authorize  whether the caller may do it to that                          403
 *   plan       what would be done: reads, decides and changes nothing        400, 409, 412
 *              (an action that needs a second person waits here)             202
 *   act        the effect, after the intent stands in the audit trail; an effect in our own
 *              database is one transaction with the outcome (`conclude`)
 *
 * Reason, idempotency, notification of open pages and both audit rows come from `AuditedActions`,
 * so that a capability says only what is its own.
 */
import type {
  Endpoint,
  EndpointKey,
  Endpoints,
  IsAction,
  PathParameter,
} from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type { Knex } from 'knex';
import type { z } from 'zod';
import type { ActionContext } from './context';

/** What an action is about, for the audit trail. */
export interface Subject {
  /** kind and id, such as `job:bullmq/nightly` */
  target: string;
  tenant?: string;
  jobId?: string;
  /** where the name of the action depends on the request */
  action?: string;
}

/** Writes the outcome of an action with what it has made or changed, as {@link Acting} says. */
export type Conclude<T> = (trx: Knex.Transaction, changed: T) => Promise<void>;

/** What is decided to be done. */
export interface Plan<P> {
  /** handed to `act` */
  plan: P;
  /** id of what is being made; the audit trail names that instead of the place where it is made */
  target?: string;
  tenant?: string;
  parameters?: unknown;
  before?: unknown;
  /** what `act` is about to make, such as `run:<id>`: `facts` looks for it after a crash */
  makes?: string;
}

/** How an action went. */
export interface Outcome<R> {
  /** small, and JSON: with an `Idempotency-Key` it is remembered for repetitions */
  result: R;
  before?: unknown;
  after?: unknown;
  /** the effect has only begun: the outcome is written when it ends (`outcomeOf`) */
  endsLater?: boolean;
}

/** An action whose process ended before it could say how it went. */
export interface OpenAction {
  entryId: string;
  actor: string;
  target: string;
  jobId?: string;
  /** epoch ms */
  at: number;
  makes?: string;
}

/** What has become of it: done, not done, or still being done by another part of the portal. */
export type Fact =
  | { succeeded: object }
  | { failed: string }
  | { underWay: true };

type Output<T> = T extends z.ZodType ? z.output<T> : unknown;

/** Parameters, query and body as an endpoint declares them. */
export type ContextOf<K extends string, E extends Endpoint> = ActionContext<
  E['params'] extends z.ZodType
    ? z.output<E['params']>
    : Record<PathParameter<K>, string>,
  Output<E['query']>,
  Output<E['body']>
>;

/** The context of a step that changes something. */
export type Acting<C> = C & {
  /** why, as the caller said */
  reason: string;
  /** entry of the audit trail that holds the intent */
  entryId: string;
  /**
   * Writes the outcome within the transaction of the effect, as its last statement, so that both
   * are committed or neither.
   *
   * @throws ConflictError if the action was taken for dead meanwhile, and the trail says so
   */
  conclude(trx: Knex.Transaction, outcome: Outcome<object>): Promise<void>;
};

/** Answer of an action, without the `auditId` that every action answers with. */
type AnswerOf<E> = E extends { answer: infer A } ? Output<A> : object;

export interface ActionSteps<C, A, F, P, R> {
  /** `<capability>.<verb>`, such as `job.retry`; `Subject.action` overrides it */
  name: string;
  /** absent: the action is about nothing that is there already. @throws NotFoundError */
  load?(c: C): Promise<F>;
  about(c: C, found: F): Subject;
  /**
   * absent: everybody who has the endpoint's permission, for the subject's tenant.
   *
   * @throws NotAllowedError
   */
  authorize?(c: C, found: F): Promise<void>;
  /** @throws InputError, ConflictError, NotFoundError; MalformedRequestError of the body */
  plan(c: C, found: F): Plan<P> | Promise<Plan<P>>;
  act(plan: P, c: Acting<C>): Promise<Outcome<R>>;
  /** absent: the result is the answer */
  answer?(result: R, c: C): Promise<A>;
  /**
   * Finds out what became of an action whose process died; nothing if the facts do not tell.
   * `concluded`: `act` concludes it, so an action that is still open was not done.
   */
  facts?: 'concluded' | ((action: OpenAction) => Promise<Fact | undefined>);
}

/** An action of any shape, for those who carry it out. */
export type AnyAction = ActionSteps<ActionContext, object, any, any, any>;

declare const brand: unique symbol;
/** An action of an endpoint; made by {@link defineAction} only. */
export type Action<K extends string, E extends Endpoint> = AnyAction & {
  [brand]?: [K, E];
};

/** Actions of a capability, by their endpoint. */
export type ActionsOf<T extends Endpoints> = {
  [K in keyof T & EndpointKey as IsAction<K, T[K]> extends true
    ? K
    : never]: Action<K, T[K]>;
};

/** Defines the action of an endpoint. */
export function defineAction<
  K extends string,
  E extends Endpoint,
  F,
  P,
  R extends AnswerOf<E> | object,
>(
  steps: ActionSteps<ContextOf<K, E>, AnswerOf<E>, F, P, R> &
    (R extends AnswerOf<E> ? unknown : { answer: Function }),
): Action<K, E> {
  return steps as unknown as Action<K, E>;
}
