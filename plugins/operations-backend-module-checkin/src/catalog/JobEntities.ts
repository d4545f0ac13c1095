/**
 * The entities that teams write for jobs that report: read from the catalog all at once, now and
 * then, so that no report waits for the catalog. Only the first one waits, and not for long.
 */
import { setTimeout } from 'node:timers/promises';
import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import {
  ANNOTATION_ORIGIN_LOCATION,
  type Entity,
} from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  JOB_COMPONENT_TYPE,
  JOB_KINDS,
  jobLocation,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { JOB_ANNOTATION } from '@craft-easy/backstage-plugin-operations-common';
import { ENGINE } from '../runs/record';
import { teamEntityOf, type TeamEntity } from './teamEntity';

/** The entities that name a job as theirs, by the name of the job. */
export type EntitiesOfJobs = ReadonlyMap<string, readonly TeamEntity[]>;

/** How long a reading counts, and how long after a failure the next one begins. */
const FRESH_MS = 60_000;
/** How long a report waits for the first reading. */
const WAIT_MS = 2_000;
/** Ids asked for at once: they stand in an address, which has 16 kB at most. */
const CHUNK = 20;

const ANNOTATION = `metadata.annotations.${JOB_ANNOTATION}`;
const ORIGIN = `metadata.annotations.${ANNOTATION_ORIGIN_LOCATION}`;

type Catalog = Pick<CatalogService, 'getEntities' | 'getEntityFacets'>;

export class JobEntities {
  private entities?: EntitiesOfJobs;
  private triedAt = -Infinity;
  private readAt = -Infinity;
  private first?: Promise<unknown>;
  private readonly logged = new Set<string>();

  constructor(
    private readonly options: {
      catalog: Catalog;
      auth: Pick<AuthService, 'getOwnServiceCredentials'>;
      logger: Pick<LoggerService, 'info' | 'warn'>;
      now?: () => number;
      waitMs?: number;
    },
  ) {}

  /**
   * What the catalog had within the last minute or so. Never fails.
   * @returns undefined if the catalog has not answered yet, or there is none
   */
  async known(): Promise<EntitiesOfJobs | undefined> {
    const now = this.options.now?.() ?? Date.now();
    if (now - this.triedAt >= FRESH_MS) {
      this.triedAt = now;
      const reading = this.refresh(now);
      this.first ??= Promise.race([
        reading,
        setTimeout(this.options.waitMs ?? WAIT_MS, undefined, { ref: false }),
      ]);
    }
    await this.first;
    return this.entities;
  }

  private async refresh(now: number): Promise<void> {
    try {
      const entities = await this.read();
      // an answer that comes late changes nothing that was read since
      if (now < this.readAt) return;
      this.readAt = now;
      this.entities = entities;
    } catch (error) {
      const what = this.entities ? 'stay as they were' : 'are not known';
      this.logOnce(
        'info',
        `Entities that teams write for jobs that report ${what}: the catalog does not answer: ${error}`,
      );
    }
  }

  private async read(): Promise<EntitiesOfJobs> {
    const entities = new Map<string, TeamEntity[]>();
    const ids = await this.idsOfTeams();
    for (let i = 0; i < ids.length; i += CHUNK) {
      const { items } = await this.options.catalog.getEntities(
        { filter: { kind: JOB_KINDS, [ANNOTATION]: ids.slice(i, i + CHUNK) } },
        await this.credentials(),
      );
      for (const entity of items.filter(isOfTeam)) {
        const { job, problems, ...read } = teamEntityOf(entity);
        for (const problem of problems) this.logOnce('warn', problem);
        entities.set(job, [...(entities.get(job) ?? []), read]);
      }
    }
    return entities;
  }

  /** The jobs of which there are more entities than the one that the portal makes. */
  private async idsOfTeams(): Promise<string[]> {
    const { catalog } = this.options;
    const [named, made] = await Promise.all([
      catalog.getEntityFacets(
        { facets: [ANNOTATION], filter: { kind: JOB_KINDS } },
        await this.credentials(),
      ),
      catalog.getEntityFacets(
        { facets: [ORIGIN], filter: { 'spec.type': JOB_COMPONENT_TYPE } },
        await this.credentials(),
      ),
    ]);
    const own = new Set(made.facets[ORIGIN]?.map(({ value }) => value));
    return (named.facets[ANNOTATION] ?? [])
      .filter(({ value }) => value.startsWith(`${ENGINE}/`))
      .filter(
        ({ value, count }) => count > (own.has(jobLocation(value)) ? 1 : 0),
      )
      .map(({ value }) => value);
  }

  private async credentials() {
    return { credentials: await this.options.auth.getOwnServiceCredentials() };
  }

  private logOnce(level: 'info' | 'warn', text: string) {
    if (this.logged.has(text)) return;
    this.logged.add(text);
    this.options.logger[level](text);
  }
}

function isOfTeam({ metadata: { annotations = {} } }: Entity): boolean {
  const id = annotations[JOB_ANNOTATION] ?? '';
  return (
    id.startsWith(`${ENGINE}/`) &&
    annotations[ANNOTATION_ORIGIN_LOCATION] !== jobLocation(id)
  );
}
