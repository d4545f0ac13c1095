import type {
  MaintenanceMode,
  MaintenanceScope,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { MaintenanceRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import {
  inForceOf,
  timedColumns,
  TimedControlStore,
} from '../controls/TimedControlStore';
import {
  bigint,
  boolean,
  json,
  optional,
  Table,
  text,
  type RowOf,
} from '../lib/table';
import { optionalIso } from '../lib/time';

const WINDOWS = new Table('maintenance_windows', {
  ...timedColumns,
  scope: text<MaintenanceScope['kind']>(),
  tenant: optional(text()),
  mode: text<MaintenanceMode>(),
  plannedEndsAt: bigint(),
  announceAt: optional(bigint()),
  timezone: text(),
  messages: json<Record<string, string>>(),
  holdJobs: boolean(),
});

export type StoredWindow = Omit<RowOf<typeof WINDOWS>, 'scope' | 'tenant'> & {
  scope: MaintenanceScope;
};
export type WindowStore = TimedControlStore<StoredWindow>;

/** Maintenance windows. They may overlap. */
export function createWindowStore(knex: Knex): WindowStore {
  return new TimedControlStore<StoredWindow>(knex, {
    kind: 'maintenance',
    table: {
      name: WINDOWS.name,
      read(raw) {
        const { tenant, scope: kind, ...row } = WINDOWS.read(raw);
        return {
          ...row,
          scope: kind === 'tenant' ? { kind, tenant: tenant! } : { kind },
        };
      },
      write: ({ scope, ...window }) =>
        WINDOWS.write({
          ...window,
          scope: scope.kind,
          tenant: scope.kind === 'tenant' ? scope.tenant : undefined,
        }),
    },
    list: { name: 'maintenance', by: 'starts_at' },
    record: recordOf,
  });
}

/** A window as it is published, without its reason and the people who ordered it. */
export function recordOf(window: StoredWindow): MaintenanceRecord {
  return {
    v: 1,
    id: window.id,
    revision: window.revision,
    scope: window.scope,
    mode: window.mode,
    ...inForceOf(window),
    announceAt: optionalIso(window.announceAt),
    timezone: window.timezone,
    messages: window.messages,
    holdJobs: window.holdJobs,
  };
}
