import type {
  IndexDiff,
  MigrationState,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { MigrationComponent } from '@craft-easy/backstage-plugin-operations-common';
import type { Tone } from '../components/tones';

/** The tone and the meaning of each state. Only `settled` is green. */
export const STATES: Record<MigrationState, { tone: Tone; meaning: string }> = {
  settled: {
    tone: 'good',
    meaning: 'Code and database agree, on every instance',
  },
  settling: {
    tone: 'busy',
    meaning:
      'A deploy is under way: models are being initialised, or several versions run side by side',
  },
  pending: {
    tone: 'warn',
    meaning:
      'Migrations were not run yet, or indexes are not there as declared',
  },
  missing: {
    tone: 'bad',
    meaning: 'A migration was run whose file is not there any more',
  },
  'out-of-order': {
    tone: 'warn',
    meaning: 'A migration was not run, though later ones were',
  },
  diverged: {
    tone: 'bad',
    meaning:
      'The database was migrated by code that this version does not know',
  },
  failed: {
    tone: 'bad',
    meaning: 'Initialising or a migration failed',
  },
  locked: {
    tone: 'warn',
    meaning: 'Migrations are running, or their process died and left its lock',
  },
  silent: {
    tone: 'odd',
    meaning: 'An instance stopped reporting; how it stands is not known',
  },
  unknown: {
    tone: 'neutral',
    meaning: 'Nothing can be said; the reason is beside it',
  },
};

export function idOf(c: MigrationComponent): string {
  return `${c.source}/${c.environment}/${c.component}`;
}

/** An index in one line: `tenant 1, email -1 · unique`. */
export function indexText(index: IndexDiff['missing'][number]): string {
  const keys = index.keys.map(([field, kind]) => `${field} ${kind}`).join(', ');
  const options = Object.entries(index.options).map(([name, value]) =>
    value === true ? name : `${name} ${JSON.stringify(value)}`,
  );
  return [keys, ...options].join(' · ');
}

/** "+2 −1": the indexes that initialising would create and drop. */
export function pendingText(c: MigrationComponent): string {
  const { create, drop } = c.pendingIndexes;
  const parts = [create && `+${create}`, drop && `−${drop}`].filter(Boolean);
  return parts.join(' ') || 'none';
}

/** The answer of the page. */
export function migrationsAnswer(
  environments: Array<{ sentence: string }>,
): string {
  if (environments.length === 0) return 'No component has reported yet';
  return environments.map(e => e.sentence).join(' · ');
}
