import type { Config } from '@backstage/config';
import type { MigrationState } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  migrationReadPermission,
  type AttentionSeverity,
  type MigrationComponent,
} from '@craft-easy/backstage-plugin-operations-common';
import type {
  AttentionFact,
  AttentionSource,
} from '@craft-easy/backstage-plugin-operations-node';
import { worded } from '../attention/words';
import { MINUTE_MS } from '../lib/time';
import type { MigrationsService } from './MigrationsService';
import { sentence } from '../lib/sentences';

interface Rule {
  severity: AttentionSeverity;
  afterMs: number;
}

/** Which states need somebody, how much, and after how long. */
const RULES = {
  failed: { severity: 'critical', afterMs: 0 },
  diverged: { severity: 'high', afterMs: 0 },
  missing: { severity: 'high', afterMs: 0 },
  'out-of-order': { severity: 'normal', afterMs: 0 },
  locked: { severity: 'high', afterMs: 15 * MINUTE_MS },
  silent: { severity: 'normal', afterMs: 5 * MINUTE_MS },
} satisfies Partial<Record<MigrationState, Rule>>;

type Trouble = keyof typeof RULES | 'pending';

/** Migrations that failed, diverged, are locked, or are pending for too long. */
export function createMigrationAttention(
  service: MigrationsService,
  config: Config,
): AttentionSource {
  const pendingMs =
    (config.getOptionalNumber('operations.migrations.pendingTooLongMinutes') ??
      30) * MINUTE_MS;
  const rules: Record<Trouble, Rule> = {
    ...RULES,
    pending: { severity: 'normal', afterMs: pendingMs },
  };
  const isTrouble = (state: MigrationState): state is Trouble => state in rules;
  return {
    id: 'migrations',
    permission: migrationReadPermission.name,
    async getFacts({ now }) {
      const { items } = await service.list({});
      return items.flatMap(component => {
        const { state } = component;
        if (!isTrouble(state)) return [];
        const { severity, afterMs } = rules[state];
        const since = new Date(component.since);
        if (now.getTime() - since.getTime() < afterMs) return [];
        return [{ ...factOf(component, state, since), severity }];
      });
    },
  };
}

function factOf(
  component: MigrationComponent,
  state: Trouble,
  since: Date,
): Omit<AttentionFact, 'severity'> {
  const { component: name, environment, source } = component;
  return {
    key: `${source}/${environment}/${name}/${state}`,
    kind: `migration-${state}`,
    ...worded(
      sentence(`migration-${state}`, { component: name, environment }),
      component.reasons[0],
    ),
    subject: {
      kind: 'component',
      ref: `${environment}/${name}`,
      title: name,
    },
    since,
    place: { kind: 'migrations', source, environment, component: name },
  };
}
