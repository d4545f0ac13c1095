import type {
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type {
  DeferredEntity,
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import type { EventsService } from '@backstage/plugin-events-node';
import type { CatalogJob } from '@craft-easy/backstage-plugin-operations-common/internal';
import { JOBS_CHANGED_TOPIC } from '@craft-easy/backstage-plugin-operations-common';
import { jobEntity, type EntityDefaults } from './jobEntity';
import type { JobSource } from './JobsClient';

const PROVIDER_NAME = 'operations';

interface Emitted {
  version: string;
  entityRef: string;
}

export interface OperationsEntityProviderOptions {
  source: JobSource;
  defaults: EntityDefaults;
  events: EventsService;
  /** looks now and then, on one replica */
  schedule: SchedulerServiceTaskRunner;
  logger: LoggerService;
}

/**
 * Keeps the catalog's entities in step with the jobs: a look when the Operations backend says that
 * jobs were changed, and one now and then as a net. The first complete look of a process sends
 * everything (whatever went while nobody looked goes now), each later one what changed since.
 */
export class OperationsEntityProvider implements EntityProvider {
  private connection?: EntityProviderConnection;
  private emitted?: Map<string, Emitted>;
  private looking?: Promise<void>;
  private again = false;

  constructor(private readonly options: OperationsEntityProviderOptions) {}

  getProviderName(): string {
    return PROVIDER_NAME;
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.connection = connection;
    await this.options.events.subscribe({
      id: 'catalog-operations',
      topics: [JOBS_CHANGED_TOPIC],
      onEvent: async () => this.look(),
    });
    await this.options.schedule.run({
      id: 'catalog-operations-jobs',
      fn: () => this.look(),
    });
  }

  /**
   * A look; one that is asked for during another follows it. Never fails: what could not be read
   * now is read at the next look.
   */
  look(): Promise<void> {
    if (this.looking) {
      this.again = true;
      return this.looking;
    }
    this.looking = this.lookUntilQuiet().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookUntilQuiet() {
    do {
      this.again = false;
      try {
        await this.sync();
      } catch (error) {
        this.options.logger.warn(
          `The jobs could not be read; their entities stay as they are: ${error}`,
        );
      }
    } while (this.again);
  }

  private async sync(): Promise<void> {
    const { source, logger } = this.options;
    const versions = await source.versions();
    const known = this.emitted ?? new Map<string, Emitted>();
    const changed = [...versions.keys()].filter(
      id => known.get(id)?.version !== versions.get(id),
    );
    const gone = [...known].filter(([id]) => !versions.has(id));
    if (changed.length === 0 && gone.length === 0) return;

    const jobs = await source.details(changed);
    const next = new Map(known);
    for (const [id] of gone) next.delete(id);
    const added: DeferredEntity[] = [];
    for (const job of jobs) {
      const entity = this.entityOf(job);
      added.push(entity);
      const entityRef = stringifyEntityRef(entity.entity);
      next.set(job.id, { version: job.version, entityRef });
    }
    if (this.emitted) {
      await this.connection!.applyMutation({
        type: 'delta',
        added,
        removed: gone.map(([, { entityRef }]) => ({
          entityRef,
          locationKey: PROVIDER_NAME,
        })),
      });
    } else {
      // nothing at all is more likely a backend that has just begun than a platform that has lost
      // every job
      if (added.length === 0) return;
      await this.connection!.applyMutation({ type: 'full', entities: added });
    }
    this.emitted = next;
    logger.debug(`Catalog: ${added.length} jobs changed, ${gone.length} gone`);
  }

  private entityOf(job: CatalogJob): DeferredEntity {
    return {
      entity: jobEntity(job, this.options.defaults),
      locationKey: PROVIDER_NAME,
    };
  }
}
