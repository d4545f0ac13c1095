import {
  bannerOf,
  concerns,
  maintenanceAt,
  type WindowTimes,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  MaintenanceBanner,
  MaintenanceRecord,
  MaintenanceState,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { checked, having } from '../checked';
import type { Controls } from '../controls';
import { controlsForm } from '../controls/Controls';

/** Thrown by {@link Maintenance.assertWritable}. @public */
export class MaintenanceError extends Error {
  readonly name = 'MaintenanceError';
  constructor(readonly state: MaintenanceState) {
    super(
      `in maintenance (${state.mode}) until ${new Date(
        state.until,
      ).toISOString()}`,
    );
  }
}

const MAX_CACHED_TENANTS = 10_000;

/** For options of what takes {@link Maintenance}. */
export const maintenanceForm = having(
  'what new Maintenance() returns',
  'stateOf',
);

interface TenantWindows {
  all: WindowTimes[];
  holding: WindowTimes[];
}

/**
 * Whether a tenant, or the whole platform, is in maintenance, by this process's clock and the
 * windows that were published.
 * @public
 */
export class Maintenance {
  private readonly byTenant = new Map<string | undefined, TenantWindows>();

  constructor(private readonly controls: Controls) {
    checked('Maintenance: controls', controlsForm, controls);
    controls.state('maintenance').onChange(() => this.byTenant.clear());
  }

  /** The clock with which windows are compared. */
  now(): number {
    return this.controls.now();
  }

  /** The state of a tenant; without one, of the platform as a whole. Undefined: none. */
  stateOf(tenant?: string): MaintenanceState | undefined {
    const { all } = this.windowsOf(tenant);
    return all.length === 0
      ? undefined
      : maintenanceAt(all, this.controls.now());
  }

  /**
   * For the place where data is written: a request that passed the guard before a window began must
   * not write after it began.
   * @throws MaintenanceError in `read-only` and `offline`
   */
  assertWritable(tenant?: string): void {
    const state = this.stateOf(tenant);
    if (state) throw new MaintenanceError(state);
  }

  /** Whether jobs of a tenant wait: it is `offline`, by a window that holds jobs. */
  isTenantHeld(tenant?: string): boolean {
    const { holding } = this.windowsOf(tenant);
    return (
      holding.length > 0 &&
      maintenanceAt(holding, this.controls.now()) !== undefined
    );
  }

  /** What a tenant's pages tell their users; announced windows too. */
  banner(
    tenant: string | undefined,
    languages: readonly string[],
  ): MaintenanceBanner {
    return bannerOf(this.records(), tenant, languages, this.controls.now());
  }

  private records(): Iterable<MaintenanceRecord> {
    return this.controls.state('maintenance').records.values();
  }

  private windowsOf(tenant: string | undefined): TenantWindows {
    let windows = this.byTenant.get(tenant);
    if (!windows) {
      windows = { all: [], holding: [] };
      for (const record of this.records()) {
        if (!concerns(record, tenant)) continue;
        const times = {
          start: Date.parse(record.startsAt),
          end: Date.parse(record.endsAt),
          mode: record.mode,
        };
        windows.all.push(times);
        if (record.mode === 'offline' && record.holdJobs) {
          windows.holding.push(times);
        }
      }
      if (this.byTenant.size >= MAX_CACHED_TENANTS) this.byTenant.clear();
      this.byTenant.set(tenant, windows);
    }
    return windows;
  }
}
