import type { LOCKS } from '../lib/sql';

/** A kind of bulk action: the names of its tables, and what its items can come to. */
export interface BulkKind<Ended extends string = string> {
  /** a row per bulk action */
  bulks: string;
  /** a row per thing that it is done to; `bulk_id` is the action's */
  items: string;
  /** held by each transaction that changes either */
  lock: (typeof LOCKS)[keyof typeof LOCKS];
  /** the outcomes of items, each with a counter of its name: all of them together are the total */
  ended: readonly Ended[];
  /** set when an action is stopped, besides its status */
  onStop?: Record<string, boolean>;
}
