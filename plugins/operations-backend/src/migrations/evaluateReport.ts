import type {
  IndexDiff,
  MigrationInstance,
  MigrationState,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  ComponentMigrations,
  MigrationReport,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { diffIndexes } from './indexDiff';

/** What follows from a report or a reading, apart from its age. */
export interface Evaluation {
  state: MigrationState;
  reasons: string[];
  indexes: IndexDiff[];
  migrations?: MigrationInstance['migrations'];
}

/** What is wrong, the worst first: the first says the state of all. */
export class Findings {
  private state: MigrationState | undefined;
  private readonly reasons: string[] = [];

  add(state: MigrationState, reason: string): void {
    this.state ??= state;
    this.reasons.push(reason);
  }

  addPending(names: string[]): void {
    if (!names.length) return;
    const count = plural(names.length, 'migration');
    this.add('pending', `${count} not run yet: ${first(names)}`);
  }

  get evaluation(): Pick<Evaluation, 'state' | 'reasons'> {
    return { state: this.state ?? 'settled', reasons: this.reasons };
  }
}

/** Evaluates what an instance reports of itself. */
export function evaluateReport(report: MigrationReport): Evaluation {
  const indexes = diffIndexes(report.indexes);
  const migrations = report.migrations && evaluateLog(report.migrations);
  const found = new Findings();
  const { init } = report;
  if (init.state === 'failed') {
    found.add(
      'failed',
      `Initialising failed: ${init.error ?? 'no error given'}`,
    );
  }
  const last = report.migrations?.lastRun;
  if (last?.result === 'failed') {
    const error = last.error ?? 'no error given';
    found.add('failed', `Migration ${last.name} failed: ${error}`);
  }
  if (migrations?.missing.length) {
    const [name] = migrations.missing;
    found.add(
      'diverged',
      `The database says that ${name} was run last, but this version has no such migration`,
    );
  }
  if (migrations) found.addPending(migrations.pending);
  if (init.state === 'initialising') {
    found.add('settling', 'It is initialising its models');
  } else if (init.state === 'not-started') {
    found.add('settling', 'It has not begun to initialise its models');
  } else {
    evaluateIndexes(found, indexes, report.allowIndexDropping);
  }
  return { ...found.evaluation, indexes, migrations };
}

function evaluateIndexes(
  found: Findings,
  indexes: IndexDiff[],
  dropping: boolean,
): void {
  const count = (of: (diff: IndexDiff) => number) =>
    indexes.reduce((sum, diff) => sum + of(diff), 0);
  const create = count(diff => diff.missing.length + diff.changed.length);
  const drop = count(diff => diff.extra.length);
  if (create > 0) {
    const declared = plural(create, 'index', 'indexes');
    found.add('pending', `${declared} declared, but not there as declared`);
  }
  // without the permission to drop, an index that is left over is no unfinished work
  if (drop > 0 && dropping) {
    found.add('pending', `${plural(drop, 'index', 'indexes')} to be dropped`);
  }
}

/**
 * Beanie's rule: migrations that sort after the current one are pending. Where the current one has
 * no file, code and database have diverged.
 */
function evaluateLog(
  log: ComponentMigrations,
): MigrationInstance['migrations'] {
  const files = [...log.files].sort();
  const at = log.current === null ? -1 : files.indexOf(log.current);
  const diverged = log.current !== null && at === -1;
  return {
    tool: log.tool,
    current: log.current,
    // neither can be known once they have diverged
    applied: diverged ? undefined : at + 1,
    pending: diverged ? [] : files.slice(at + 1),
    missing: diverged ? [log.current!] : [],
    outOfOrder: [],
    lastRun: log.lastRun,
  };
}

export function plural(n: number, word: string, words = `${word}s`): string {
  return `${n} ${n === 1 ? word : words}`;
}

export function first(names: string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
