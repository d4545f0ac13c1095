import type { MigrationReading } from '@craft-easy/backstage-plugin-operations-node';
import { utcText } from '../lib/time';
import { Findings, first, plural, type Evaluation } from './evaluateReport';

/**
 * A migration is its file without the ending: knex records `20260101_a.ts` in development and finds
 * `20260101_a.js` in production, and a build may leave both in one folder.
 */
function stemOf(file: string): string {
  return file.replace(/\.(c|m)?(js|ts)$/, '');
}

/** Each migration once, by the name that comes first. */
function once(files: string[]): string[] {
  const seen = new Set<string>();
  return files.filter(file => {
    const isNew = !seen.has(stemOf(file));
    seen.add(stemOf(file));
    return isNew;
  });
}

/** Compares the migration files with those that a database says were run. */
export function evaluateReading(reading: MigrationReading): Evaluation {
  if (reading.unknown) {
    return { state: 'unknown', reasons: [reading.unknown], indexes: [] };
  }
  const applied = once(reading.applied);
  const done = new Set(applied.map(stemOf));
  const last = applied[applied.length - 1] ?? null;
  const files = once(reading.files ?? []);
  const open = files.filter(file => !done.has(stemOf(file)));
  const newest = [...done].sort().pop();
  const outOfOrder = newest ? open.filter(file => stemOf(file) < newest) : [];
  const pending = open.filter(file => !outOfOrder.includes(file));
  const known = new Set(files.map(stemOf));
  const missing = reading.files
    ? applied.filter(name => !known.has(stemOf(name)))
    : [];

  const found = new Findings();
  if (reading.lock) {
    const { since, by } = reading.lock;
    found.add(
      'locked',
      `Locked${since ? `, as far as seen since ${utcText(since)}` : ''}${
        by ? `, by ${by}` : '; by whom is not written down'
      }: migrations are running, or their process died`,
    );
  }
  if (missing.length) {
    const count = plural(missing.length, 'migration');
    found.add(
      'missing',
      `${count} was run whose file is not there: ${first(missing)}`,
    );
  }
  if (outOfOrder.length) {
    const count = plural(outOfOrder.length, 'migration');
    found.add(
      'out-of-order',
      `${count} not run, though later ones were: ${first(outOfOrder)}`,
    );
  }
  found.addPending(pending);
  if (!reading.files) {
    found.add(
      'unknown',
      'Where its migration files are is not known, so nothing can be said of what is pending',
    );
  }
  return {
    ...found.evaluation,
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
