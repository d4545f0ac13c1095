import type {
  IndexDiff,
  Migrations,
  MigrationState,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { MigrationComponent } from '@craft-easy/backstage-plugin-operations-common';
import type { Tone } from '../components/tones';
import type { MigrationT } from './messages';

/** The tone of each state. Only `settled` is green. */
export const TONES: Record<MigrationState, Tone> = {
  settled: 'good',
  settling: 'busy',
  pending: 'warn',
  missing: 'bad',
  'out-of-order': 'warn',
  diverged: 'bad',
  failed: 'bad',
  locked: 'warn',
  silent: 'odd',
  unknown: 'neutral',
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
export function pendingText(t: MigrationT, c: MigrationComponent): string {
  const { create, drop } = c.pendingIndexes;
  const parts = [create && `+${create}`, drop && `−${drop}`].filter(Boolean);
  return parts.join(' ') || t('table.none');
}

/** An environment names so many of its components; the table has them all. */
const NAMED = 3;

/** The answer of the page: the components of each environment that have not settled. */
export function migrationsAnswer(t: MigrationT, data: Migrations): string {
  if (data.environments.length === 0) return t('headline.none');
  return data.environments
    .map(({ environment }) => {
      const own = data.items.filter(c => c.environment === environment);
      const open = own.filter(c => c.state !== 'settled');
      if (open.length === 0) {
        return t('headline.settled', { environment, count: own.length });
      }
      const named: string[] = open
        .slice(0, NAMED)
        .map(({ component, state }) =>
          t('headline.component', { component, state: t(`states.${state}`) }),
        );
      const more = open.length - named.length;
      if (more > 0) named.push(t('headline.more', { count: more }));
      return t('headline.unsettled', {
        environment,
        components: named.join(', '),
      });
    })
    .join(' · ');
}
