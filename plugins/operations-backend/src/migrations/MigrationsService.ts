import { setImmediate as nextTurn } from 'node:timers/promises';
import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import type { MigrationComponent } from '@craft-easy/backstage-plugin-operations-common';
import type {
  MigrationInstance,
  Migrations,
  MigrationsQuery,
  ReportReceipt,
  Settled,
  SettledQuery,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  MigrationReading,
  MigrationStatusSource,
} from '@craft-easy/backstage-plugin-operations-node';
import {
  withTimeout,
  type MigrationReport,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { cachedFor } from '../lib/cachedFor';
import { groupBy } from '../lib/groupBy';
import { DAY_MS, iso } from '../lib/time';
import { instancesOf } from './instances';
import { isKnown, evaluateComponent, rankOf } from './evaluateComponent';
import { evaluateReading } from './evaluateReading';
import { evaluateReport } from './evaluateReport';
import type { ReportStore, StoredReport } from './ReportStore';
import { sentenceOf, settledSentence } from './sentences';

/** Databases are read at most this often. */
const READ_EVERY_MS = 10_000;
/** A source may take this long; its databases have a second each, at the same time. */
const SOURCE_TIMEOUT_MS = 3_000;

/** Whether a deployment has settled, by what its instances report and what its databases hold. */
export class MigrationsService {
  /** what the sources say, read once for all requests of about the same time */
  private readonly readings = cachedFor(
    READ_EVERY_MS,
    async () =>
      (await Promise.all(this.sources.map(s => this.readOne(s)))).flat(),
    () => this.now(),
  );
  /** since when this replica has seen a database in its state */
  private readonly since = new Map<string, { state: string; since: string }>();

  constructor(
    private readonly store: ReportStore,
    private readonly sources: MigrationStatusSource[],
    private readonly now: () => number = Date.now,
  ) {}

  async report(report: MigrationReport): Promise<ReportReceipt> {
    // A large report took its time to be read: others are served before it is evaluated.
    await nextTurn();
    const { state, reasons } = evaluateReport(report);
    const newest = await this.store.put(report, state, this.now());
    return { state, reasons, newest };
  }

  async list(query: MigrationsQuery): Promise<Migrations> {
    const [reports, read] = await Promise.all([
      this.store.all(query.environment),
      this.readings.get(),
    ]);
    const all = [
      ...this.reported(reports),
      ...read.filter(c => query.environment?.includes(c.environment) ?? true),
    ].sort(
      (a, b) =>
        rankOf(a.state) - rankOf(b.state) ||
        a.component.localeCompare(b.component),
    );
    const environments = [...new Set(all.map(c => c.environment))].sort();
    return {
      items: query.state
        ? all.filter(c => query.state!.includes(c.state))
        : all,
      environments: environments.map(environment =>
        sentenceOf(
          environment,
          all.filter(c => c.environment === environment),
        ),
      ),
    };
  }

  /**
   * The gate of a deploy pipeline.
   * @throws ConflictError (409) if the deploy is known not to have settled;
   * ServiceUnavailableError (503) if that is not known
   */
  async settled(query: SettledQuery): Promise<Settled> {
    const { component, environment, version, instances: wanted } = query;
    const reports = await this.store.of(component, environment);
    const read = (await this.readings.get()).filter(
      c => c.component === component && c.environment === environment,
    );
    const found = [...this.reported(reports), ...read];
    if (found.length === 0) {
      throw new ServiceUnavailableError(
        `Nothing is known of ${component} in ${environment}: no instance has reported`,
      );
    }
    const bad = found
      .filter(c => c.state !== 'settled')
      .sort((a, b) => Number(isKnown(b.state)) - Number(isKnown(a.state)));
    const [own] = found;
    const running = own.instances.filter(i => !i.retired);
    const ofVersion = version
      ? running.filter(i => i.version === version)
      : running;
    const problem = bad[0];
    const known = problem && isKnown(problem.state);
    if (problem && known) throw new ConflictError(settledSentence(problem));
    if (own.source === 'reports') {
      if (version && running.length > 0 && ofVersion.length < running.length) {
        const others = running.filter(i => i.version !== version);
        throw new ConflictError(
          `${component} ${version} has not settled in ${environment}: ${others.length} of ${running.length} instances run ${others[0].version}`,
        );
      }
      if (!problem && ofVersion.length < wanted) {
        throw new ConflictError(
          `${component} has not settled in ${environment}: ${ofVersion.length} of ${wanted} instances are running`,
        );
      }
    }
    if (problem) throw new ServiceUnavailableError(settledSentence(problem));
    return {
      settled: true,
      component,
      environment,
      version,
      instances: ofVersion.length,
      sentence: settledSentence(own),
    };
  }

  /** Deletes instances that have been silent for a week. */
  async prune(): Promise<void> {
    await this.store.deleteReceivedBefore(this.now() - 7 * DAY_MS);
  }

  private reported(reports: StoredReport[]): MigrationComponent[] {
    const groups = groupBy(reports, ({ report }) =>
      JSON.stringify([report.component, report.environment]),
    );
    return [...groups.values()].map(group => {
      const { component, environment } = group[0].report;
      return evaluateComponent(
        { component, environment, source: 'reports' },
        instancesOf(group, this.now()),
      );
    });
  }

  private async readOne(
    source: MigrationStatusSource,
  ): Promise<MigrationComponent[]> {
    const signal = AbortSignal.timeout(SOURCE_TIMEOUT_MS);
    let readings: MigrationReading[];
    try {
      // a source may not heed the signal
      readings = await withTimeout(SOURCE_TIMEOUT_MS, source.read(signal));
    } catch (error) {
      readings = [
        {
          ...{ component: source.id, environment: 'production' },
          ...{ tool: source.id, applied: [] },
          unknown: `The source failed: ${(error as Error).message}`,
        },
      ];
    }
    return readings.map(reading => this.fromReading(source.id, reading));
  }

  private fromReading(
    source: string,
    reading: MigrationReading,
  ): MigrationComponent {
    const { component, environment } = reading;
    const evaluated = evaluateReading(reading);
    const key = JSON.stringify([source, component, environment]);
    const now = iso(this.now());
    const known = this.since.get(key);
    const since = known?.state === evaluated.state ? known.since : now;
    this.since.set(key, { state: evaluated.state, since });
    const instance: MigrationInstance = {
      instance: 'database',
      version: evaluated.migrations?.current ?? 'none',
      ...evaluated,
      since,
      reportedAt: now,
      retired: false,
    };
    return evaluateComponent({ component, environment, source }, [instance]);
  }
}
