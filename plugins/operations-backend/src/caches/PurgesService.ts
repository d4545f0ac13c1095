import { ConflictError, NotFoundError } from '@backstage/errors';
import type { CachePurge } from '@craft-easy/backstage-plugin-operations-common';
import type {
  CachePurgesQuery,
  Capability,
  Page,
  PurgeStatus,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Conclude } from '../lib/actions';
import { assertAllowed } from '../permissions/capabilities';
import type { CacheTargets } from './CacheTargets';
import type { PurgeRow } from './purgeRow';
import { cancelCapability, type PurgeCaller } from './purgeRules';
import type { PurgeStore } from './PurgeStore';
import { purgeView } from './purgeView';
import { refusal, sentence } from '../lib/sentences';

/** Shown of the exact keys of one purge. */
const KEYS_SHOWN = 200;

/** Purges that were asked for: how far they are, what there was, and stopping one. */
export class PurgesService {
  constructor(
    private readonly options: {
      targets: CacheTargets;
      purges: PurgeStore;
      /** makes the runner look at once, rather than after its pause */
      kick(): void;
    },
  ) {}

  /** @throws NotFoundError */
  async purge(id: string): Promise<PurgeRow> {
    const purge = await this.options.purges.get(id);
    if (!purge) throw refusal(NotFoundError, sentence('purge-missing', { id }));
    return purge;
  }

  /** Whether an entry of the audit trail began a purge: the runner writes how it ended. */
  isAudited(auditId: string): Promise<boolean> {
    return this.options.purges.isAudited(auditId);
  }

  /** All the exact keys that a purge was given, for another like it. @throws NotFoundError */
  async keys(id: string): Promise<string[]> {
    const purge = await this.purge(id);
    return this.options.purges.keys(purge.id);
  }

  async view(id: string, caller: PurgeCaller): Promise<CachePurge> {
    const purge = await this.purge(id);
    const keys = purge.keyCount
      ? await this.options.purges.keys(purge.id)
      : undefined;
    const ahead =
      purge.status === 'queued'
        ? (await this.options.purges.unfinished(purge.target)).filter(
            other => other.createdAt < purge.createdAt,
          ).length
        : undefined;
    return purgeView(purge, this.cancelCapability(purge, caller), {
      ahead,
      keys: keys?.slice(0, KEYS_SHOWN),
    });
  }

  async history(
    query: CachePurgesQuery,
    caller: PurgeCaller,
  ): Promise<Page<CachePurge>> {
    const page = await this.options.purges.list({
      targets: query.target ?? this.options.targets.all.map(t => t.name),
      statuses: query.status,
      cursor: query.cursor,
      limit: query.limit,
    });
    return {
      ...page,
      items: page.items.map(purge =>
        purgeView(purge, this.cancelCapability(purge, caller)),
      ),
    };
  }

  /** @throws NotFoundError, NotAllowedError, ConflictError */
  async cancellable(caller: PurgeCaller, id: string): Promise<PurgeRow> {
    const purge = await this.purge(id);
    assertAllowed(this.cancelCapability(purge, caller));
    return purge;
  }

  /** @throws ConflictError */
  async cancel(
    caller: PurgeCaller,
    id: string,
    conclude?: Conclude<PurgeStatus>,
  ): Promise<PurgeRow> {
    const done = await this.options.purges.cancel(
      id,
      caller.actor,
      Date.now(),
      conclude,
    );
    if (!done) throw refusal(ConflictError, sentence('purge-ended-meanwhile'));
    this.options.kick();
    return this.purge(id);
  }

  private cancelCapability(purge: PurgeRow, caller: PurgeCaller): Capability {
    const target = this.options.targets.find(purge.target);
    return cancelCapability(purge, target, caller);
  }
}
