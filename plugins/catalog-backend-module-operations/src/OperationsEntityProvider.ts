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
import {
  jobLocation,
  type CatalogJob,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { JOBS_CHANGED_TOPIC } from '@craft-easy/backstage-plugin-operations-common';
import type { CatalogView } from './CatalogLook';
import { jobEntity, type EntityDefaults } from './jobEntity';
import type { JobSource } from './JobsClient';

const PROVIDER_NAME = 'operations';

/** What was sent of a job. */
interface Emitted {
  version: string;
  /** of the entity that we make */
  entityRef: string;
  /** of the entity that a team has written for the job, and that the job has taken */
  teamRef?: string;
  /** whether the catalog has that one: then ours is not sent */
  isTeams: boolean;
  /** at the scheduled look at which it was sent: by the count of looks */
  look: number;
}

/** The catalog takes what it is sent in its own time: so many looks are waited for it. */
const PATIENCE_LOOKS = 10;

export interface OperationsEntityProviderOptions {
  source: JobSource;
  catalog: CatalogView;
  defaults: EntityDefaults;
  events: EventsService;
  /** looks now and then, on one replica */
  schedule: SchedulerServiceTaskRunner;
  logger: LoggerService;
}

/**
 * Keeps the catalog's entities in step with the jobs: a look when the Operations backend says that
 * jobs were changed, and one now and then as a net. The first complete look of a process sends
 * everything (whatever went while nobody looked goes now), each later one what changed since. What
 * was sent is not believed to be there: each scheduled look compares it with what the catalog has.
 */
export class OperationsEntityProvider implements EntityProvider {
  private connection?: EntityProviderConnection;
  private emitted?: Map<string, Emitted>;
  private looking?: Promise<void>;
  private again = false;
  private looks = 0;
  /** jobs whose entities the catalog was seen to have */
  private readonly confirmed = new Set<string>();
  /** jobs whose names others have in the catalog */
  private readonly clashing = new Set<string>();

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
      fn: async () => {
        await this.look();
        await this.compare();
      },
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
    const teams = await this.jobsOfTeams(jobs);
    const next = new Map(known);
    for (const [id] of gone) {
      next.delete(id);
      this.confirmed.delete(id);
      this.clashing.delete(id);
    }
    const added: DeferredEntity[] = [];
    const removed = gone
      .filter(([, { isTeams }]) => !isTeams)
      .map(([, { entityRef }]) => entityRef);
    for (const job of jobs) {
      const entity = this.entityOf(job);
      const entityRef = stringifyEntityRef(entity.entity);
      const isTeams = teams.has(job.id);
      if (!isTeams) added.push(entity);
      else if (known.get(job.id)?.isTeams === false) removed.push(entityRef);
      next.set(job.id, {
        ...{ version: job.version, entityRef, look: this.looks },
        ...{ teamRef: job.entityRef, isTeams },
      });
    }
    if (this.emitted) {
      await this.connection!.applyMutation({
        type: 'delta',
        added,
        removed: removed.map(asRemoved),
      });
    } else {
      // nothing at all is more likely a backend that has just begun than a platform that has lost
      // every job
      if (jobs.length === 0) return;
      await this.connection!.applyMutation({ type: 'full', entities: added });
    }
    this.emitted = next;
    logger.debug(`Catalog: ${added.length} jobs changed, ${gone.length} gone`);
  }

  /**
   * Sends again what is not there any more (somebody removed it), and says of which job the catalog
   * has an entity of somebody else's by that name: it takes no second one.
   */
  private async compare(): Promise<void> {
    this.looks += 1;
    const { emitted } = this;
    if (!emitted) return;
    try {
      await this.compareTeams(emitted);
      const origins = await this.options.catalog.origins();
      const absent: Array<[id: string, sent: Emitted]> = [];
      for (const [id, sent] of emitted) {
        if (sent.isTeams) continue;
        if (!origins.has(jobLocation(id))) absent.push([id, sent]);
        else {
          this.confirmed.add(id);
          this.clashing.delete(id);
        }
      }
      if (absent.length === 0) return;
      const taken = await this.options.catalog.taken(
        absent.map(([, { entityRef }]) => entityRef),
      );
      await this.sendAgain(this.removed(absent, taken));
    } catch (error) {
      this.options.logger.warn(
        `The catalog could not be compared with the jobs: ${error}`,
      );
    }
  }

  /** A team's entity that has come takes the place of ours, and ours that of one that has gone. */
  private async compareTeams(emitted: Map<string, Emitted>): Promise<void> {
    const named = [...emitted].map(([id, { teamRef }]) => ({
      ...{ id, entityRef: teamRef },
    }));
    const teams = await this.jobsOfTeams(named);
    const turned = [...emitted].filter(
      ([id, { isTeams }]) => isTeams !== teams.has(id),
    );
    if (turned.length === 0) return;
    const gone = turned.filter(([id]) => !teams.has(id)).map(([id]) => id);
    const jobs = await this.options.source.details(gone);
    await this.connection!.applyMutation({
      type: 'delta',
      added: jobs.map(job => this.entityOf(job)),
      removed: turned
        .filter(([id]) => teams.has(id))
        .map(([, { entityRef }]) => asRemoved(entityRef)),
    });
    for (const [id, sent] of turned) {
      sent.isTeams = teams.has(id);
      sent.look = this.looks;
      this.confirmed.delete(id);
      this.clashing.delete(id);
    }
  }

  /** The jobs of which the catalog has an entity that a team has written. */
  private async jobsOfTeams(
    jobs: Array<Pick<CatalogJob, 'id' | 'entityRef'>>,
  ): Promise<Set<string>> {
    const named = jobs.flatMap(({ id, entityRef }) =>
      entityRef ? [{ id, entityRef }] : [],
    );
    if (named.length === 0) return new Set();
    return this.options.catalog.annotated(named);
  }

  /** The jobs whose entities were removed; tells of those whose names are taken. */
  private removed(
    absent: Array<[id: string, sent: Emitted]>,
    taken: Set<string>,
  ): string[] {
    const removed: string[] = [];
    for (const [id, { entityRef, look }] of absent) {
      if (taken.has(entityRef)) {
        if (!this.clashing.has(id)) {
          this.options.logger.warn(
            `The job ${id} is not in the catalog: ${entityRef} is an entity of another provider. Rename either of them, or set catalog.providers.operations.namespace or namePrefix`,
          );
        }
        this.clashing.add(id);
      } else if (
        this.confirmed.delete(id) ||
        this.clashing.delete(id) ||
        this.looks - look >= PATIENCE_LOOKS
      ) {
        removed.push(id);
      }
    }
    return removed;
  }

  private async sendAgain(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const jobs = await this.options.source.details(ids);
    await this.connection!.applyMutation({
      type: 'delta',
      added: jobs.map(job => this.entityOf(job)),
      removed: [],
    });
    for (const { id } of jobs) {
      const sent = this.emitted?.get(id);
      if (sent) sent.look = this.looks;
    }
    this.options.logger.info(
      `The catalog had lost the entities of ${jobs.length} jobs; they are sent again`,
    );
  }

  private entityOf(job: CatalogJob): DeferredEntity {
    return {
      entity: jobEntity(job, this.options.defaults),
      locationKey: PROVIDER_NAME,
    };
  }
}

function asRemoved(entityRef: string) {
  return { entityRef, locationKey: PROVIDER_NAME };
}
