import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type {
  AttentionAction,
  AttentionPlace,
  AttentionSeverity,
} from '@craft-easy/backstage-plugin-operations-common';

/** A fact that needs a human, as a source sees it now. @public */
export interface AttentionFact {
  /**
   * Same fact, same key: by it items open, stay and close. Unique within the source, at most 600
   * characters.
   */
  key: string;
  /** Name of the rule, e.g. `last-run-failed`. */
  kind: string;
  severity: AttentionSeverity;
  /** A sentence, at most 300 characters; it is shown as it is, in every language. */
  title: string;
  detail?: string;
  subject: { kind: string; ref: string; title: string };
  /** Entity reference of the owning group: whom notifications go to. */
  owner?: string;
  /** Entity references of others who are notified. */
  notify?: string[];
  /** Entity reference of the person who caused it: they neither see it nor are notified. */
  causedBy?: string;
  /** Name of a permission that one needs to see the item, beside that of its source. */
  permission?: string;
  tenant?: string;
  since: Date;
  /**
   * Where one can look at it: what a page of Operations shows, an entity of the catalog, or an
   * address with `http:` or `https:`.
   */
  place: AttentionPlace;
  actions?: AttentionAction[];
}

/**
 * Something that knows facts which need a human. The panel opens an item when a fact appears, keeps
 * it while it holds and closes it when it is gone; a source keeps no state and never opens twice.
 * @public
 */
export interface AttentionSource {
  /** Name of the source, unique; part of each item's identity. */
  readonly id: string;
  /**
   * Name of the permission one needs to see its items; `operations.job.read` items are also
   * filtered by the job's owner and tenant.
   */
  readonly permission: string;
  /**
   * All facts that hold now, in a bounded number of queries. Called once per evaluation over all
   * replicas. A source that throws keeps its items as they are, and the panel says that it is not
   * up to date.
   */
  getFacts(context: {
    now: Date;
    signal: AbortSignal;
  }): Promise<AttentionFact[]>;
}

/** Where modules add their sources. @public */
export interface AttentionSourceExtensionPoint {
  /** @throws Error if a source of that id was added before */
  addAttentionSource(source: AttentionSource): void;
}

/** @public */
export const attentionSourceExtensionPoint =
  createExtensionPoint<AttentionSourceExtensionPoint>({
    id: 'operations.attention-source',
  });
