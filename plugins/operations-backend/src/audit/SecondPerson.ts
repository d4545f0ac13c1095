import type { Caller } from '../lib/routes';
import type { NewAuditRow } from './AuditStore';

/** What the door knows of an action before it is done: what the trail would say of it. */
export type JudgedAction = Pick<
  NewAuditRow,
  'action' | 'target' | 'href' | 'jobId' | 'tenant' | 'parameters' | 'before'
> & { reason: string };

/** Keeps actions for which one person is not enough until another one has approved them. */
export interface SecondPerson {
  /**
   * Looked at when everything else is judged and nothing is written yet. `parameters` and `before` are as they will be stored.
   *
   * @returns nothing if the action may go on, by itself or by the approval that the caller brings; else the id of the approval that it waits for
   * @throws ConflictError if it is not what was approved; NotAllowedError if the caller cannot ask for it
   */
  pass(caller: Caller, action: JudgedAction): Promise<string | undefined>;

  /** The error that tells the caller so. */
  told(caller: Caller, id: string): Promise<Error>;
}

/** Ends a request that only asked whether the caller may: he may. */
export class Authorized extends Error {}
