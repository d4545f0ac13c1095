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
import { MINUTE_MS } from '../lib/time';
import type { MigrationsService } from './MigrationsService';

/** Which states need somebody, how much, and after how long. */
const RULES: Partial<
  Record<MigrationState, { severity: AttentionSeverity; afterMs: number }>
> = {
  failed: { severity: 'critical', afterMs: 0 },
  diverged: { severity: 'high', afterMs: 0 },
  missing: { severity: 'high', afterMs: 0 },
  'out-of-order': { severity: 'normal', afterMs: 0 },
  locked: { severity: 'high', afterMs: 15 * MINUTE_MS },
  silent: { severity: 'normal', afterMs: 5 * MINUTE_MS },
};

/** How a title says it: "tenant-api in production …". */
const SAID: Partial<Record<MigrationState, string>> = {
  failed: 'failed',
  diverged: 'has diverged from its database',
  missing: 'misses the file of a migration that was run',
  'out-of-order': 'has migrations out of order',
  locked: 'holds its migration lock for long',
  silent: 'has fallen silent',
  pending: 'has been pending for too long',
};

/** Migrations that failed, diverged, are locked, or are pending for too long. */
export function createMigrationAttention(
  service: MigrationsService,
  config: Config,
): AttentionSource {
  const pendingMs =
    (config.getOptionalNumber('operations.migrations.pendingTooLongMinutes') ??
      30) * MINUTE_MS;
  const rules = {
    ...RULES,
    pending: { severity: 'normal' as const, afterMs: pendingMs },
  };
  return {
    id: 'migrations',
    permission: migrationReadPermission.name,
    async getFacts({ now }) {
      const { items } = await service.list({});
      return items.flatMap(component => {
        const rule = rules[component.state];
        const since = Date.parse(component.since);
        if (!rule || now.getTime() - since < rule.afterMs) return [];
        return [factOf(component, rule.severity, new Date(since))];
      });
    },
  };
}

function factOf(
  component: MigrationComponent,
  severity: AttentionSeverity,
  since: Date,
): AttentionFact {
  const { component: name, environment, state, source } = component;
  return {
    key: `${source}/${environment}/${name}/${state}`,
    kind: `migration-${state}`,
    severity,
    title: `${name} in ${environment} ${SAID[state] ?? state}`,
    detail: component.reasons[0],
    subject: {
      kind: 'component',
      ref: `${environment}/${name}`,
      title: name,
    },
    since,
    place: { kind: 'migrations', source, environment, component: name },
  };
}
