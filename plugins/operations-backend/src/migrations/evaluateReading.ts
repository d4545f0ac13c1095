import type { MigrationState } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { MigrationReading } from '@craft-easy/backstage-plugin-operations-node';
import { utcText } from '../lib/time';
import { first, plural, type Evaluation } from './evaluateReport';

/** Compares the migration files with those that a database says were run. */
export function evaluateReading(reading: MigrationReading): Evaluation {
  if (reading.unknown) {
    return { state: 'unknown', reasons: [reading.unknown], indexes: [] };
  }
  const { applied } = reading;
  const done = new Set(applied);
  const last = applied[applied.length - 1] ?? null;
  const files = reading.files ?? [];
  const open = files.filter(file => !done.has(file));
  const newest = [...applied].sort().pop();
  const outOfOrder = newest ? open.filter(file => file < newest) : [];
  const pending = open.filter(file => !outOfOrder.includes(file));
  const known = new Set(files);
  const missing = reading.files ? applied.filter(n => !known.has(n)) : [];

  const findings: Array<[MigrationState, string]> = [];
  if (reading.lock) {
    const { since, by } = reading.lock;
    findings.push([
      'locked',
      `Locked${since ? `, as far as seen since ${utcText(since)}` : ''}${
        by ? `, by ${by}` : '; by whom is not written down'
      }: migrations are running, or their process died`,
    ]);
  }
  if (missing.length) {
    findings.push([
      'missing',
      `${plural(
        missing.length,
        'migration',
      )} was run whose file is not there: ${first(missing)}`,
    ]);
  }
  if (outOfOrder.length) {
    findings.push([
      'out-of-order',
      `${plural(
        outOfOrder.length,
        'migration',
      )} not run, though later ones were: ${first(outOfOrder)}`,
    ]);
  }
  if (pending.length) {
    findings.push([
      'pending',
      `${plural(pending.length, 'migration')} not run yet: ${first(pending)}`,
    ]);
  }
  if (!reading.files) {
    findings.push([
      'unknown',
      'Where its migration files are is not known, so nothing can be said of what is pending',
    ]);
  }
  return {
    state: findings[0]?.[0] ?? 'settled',
    reasons: findings.map(([, reason]) => reason),
    indexes: [],
    migrations: {
      tool: reading.tool,
      current: last,
      applied: applied.length,
      pending,
      missing,
      outOfOrder,
      lastRun: reading.lastRun && {
        ...reading.lastRun,
        direction: 'forward',
        result: 'succeeded',
      },
      lock: reading.lock,
    },
  };
}
