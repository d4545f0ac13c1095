import type {
  MigrationInstance,
  MigrationState,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { MigrationComponent } from '@craft-easy/backstage-plugin-operations-common';
import { iso } from '../lib/time';

/** The worst first: it is the state of all of several instances. */
const RANK: MigrationState[] = [
  ...(['failed', 'diverged', 'missing', 'out-of-order', 'locked'] as const),
  ...(['silent', 'unknown', 'pending', 'settling', 'settled'] as const),
];

export function rankOf(state: MigrationState): number {
  return RANK.indexOf(state);
}

/** What is known to be unsettled, as opposed to what is not known. */
export function isKnown(state: MigrationState): boolean {
  return state !== 'silent' && state !== 'unknown';
}

/**
 * All instances of a component in an environment as one: as bad as the worst of them, and settling
 * while several versions are running.
 */
export function evaluateComponent(
  where: Pick<MigrationComponent, 'component' | 'environment' | 'source'>,
  instances: MigrationInstance[],
): MigrationComponent {
  const counted = instances.filter(instance => !instance.retired);
  const versions = countVersions(counted);
  const sum = (of: (instance: MigrationInstance) => number) =>
    counted.reduce((most, instance) => Math.max(most, of(instance)), 0);
  const pendingIndexes = {
    create: sum(i =>
      i.indexes.reduce((n, d) => n + d.missing.length + d.changed.length, 0),
    ),
    drop: sum(i => i.indexes.reduce((n, d) => n + d.extra.length, 0)),
  };
  const common = {
    ...where,
    versions,
    pendingIndexes,
    pendingMigrations: sum(i => i.migrations?.pending.length ?? 0),
    instances,
  };
  if (counted.length === 0) {
    const last = newest(instances.map(i => i.reportedAt));
    return {
      ...common,
      state: 'unknown',
      reasons: ['No instance is running'],
      since: last ?? iso(0),
    };
  }
  const worst = [...counted].sort(
    (a, b) => rankOf(a.state) - rankOf(b.state),
  )[0];
  if (worst.state === 'settled' && versions.length > 1) {
    return {
      ...common,
      state: 'settling',
      reasons: [
        `${versions.length} versions are running: ${versions
          .map(v => v.version)
          .join(', ')}`,
      ],
      since: newest(counted.map(i => i.since))!,
    };
  }
  const same = counted.filter(i => i.state === worst.state);
  const of = same.length === counted.length ? 'all' : `${same.length}`;
  return {
    ...common,
    state: worst.state,
    reasons: [...new Set(same.flatMap(i => i.reasons))].map(reason =>
      counted.length > 1 ? `${reason} (${of} of ${counted.length})` : reason,
    ),
    since: [...same.map(i => i.since)].sort()[0],
  };
}

function countVersions(
  instances: MigrationInstance[],
): MigrationComponent['versions'] {
  const counts = new Map<string, number>();
  for (const { version } of instances) {
    counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  return [...counts]
    .map(([version, n]) => ({ version, instances: n }))
    .sort((a, b) => b.instances - a.instances);
}

function newest(times: string[]): string | undefined {
  return [...times].sort().pop();
}
