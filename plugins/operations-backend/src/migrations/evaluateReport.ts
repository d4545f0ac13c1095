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

/** Evaluates what an instance reports of itself. */
export function evaluateReport(report: MigrationReport): Evaluation {
  const indexes = diffIndexes(report.indexes);
  const migrations = report.migrations && evaluateLog(report.migrations);
  const findings: Array<[MigrationState, string]> = [];
  const { init } = report;
  if (init.state === 'failed') {
    findings.push([
      'failed',
      `Initialising failed: ${init.error ?? 'no error given'}`,
    ]);
  }
  const last = report.migrations?.lastRun;
  if (last?.result === 'failed') {
    findings.push([
      'failed',
      `Migration ${last.name} failed: ${last.error ?? 'no error given'}`,
    ]);
  }
  if (migrations?.missing.length) {
    findings.push([
      'diverged',
      `The database says that ${migrations.missing[0]} was run last, but this version has no such migration`,
    ]);
  }
  if (migrations?.pending.length) {
    findings.push([
      'pending',
      `${plural(migrations.pending.length, 'migration')} not run yet: ${first(
        migrations.pending,
      )}`,
    ]);
  }
  if (init.state === 'not-started' || init.state === 'initialising') {
    findings.push([
      'settling',
      init.state === 'initialising'
        ? 'It is initialising its models'
        : 'It has not begun to initialise its models',
    ]);
  } else {
    findings.push(...evaluateIndexes(indexes, report.allowIndexDropping));
  }
  const [state] = findings[0] ?? ['settled'];
  return {
    state,
    reasons: findings.map(([, reason]) => reason),
    indexes,
    migrations,
  };
}

function evaluateIndexes(
  indexes: IndexDiff[],
  dropping: boolean,
): Array<[MigrationState, string]> {
  const count = (of: (diff: IndexDiff) => number) =>
    indexes.reduce((sum, diff) => sum + of(diff), 0);
  const create = count(diff => diff.missing.length + diff.changed.length);
  const drop = count(diff => diff.extra.length);
  const found: Array<[MigrationState, string]> = [];
  if (create > 0) {
    found.push([
      'pending',
      `${plural(
        create,
        'index',
        'indexes',
      )} declared, but not there as declared`,
    ]);
  }
  // without the permission to drop, an index that is left over is no unfinished work
  if (drop > 0 && dropping) {
    found.push([
      'pending',
      `${plural(drop, 'index', 'indexes')} to be dropped`,
    ]);
  }
  return found;
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
    applied: diverged ? 0 : at + 1,
    // what is pending cannot be known once they have diverged
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
