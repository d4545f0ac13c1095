import { randomUUID } from 'node:crypto';
import type {
  createMaintenanceSchema,
  MaintenanceQuery,
  Page,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { MaintenanceWindow } from '@craft-easy/backstage-plugin-operations-common';
import { bannerOf } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { MaintenanceBanner } from '@craft-easy/backstage-plugin-operations-protocol';
import type { z } from 'zod';
import type { Publisher } from '../controls/ControlPublisher';
import { TimedControlService } from '../controls/TimedControlService';
import { cachedFor } from '../lib/cachedFor';
import { iso, optionalMs } from '../lib/time';
import { recordOf, type StoredWindow, type WindowStore } from './WindowStore';

type CreateRequest = z.output<typeof createMaintenanceSchema>;

/** Every open page asks for the public banner: the database is read this often at most. */
const BANNER_CACHE_MS = 1_000;

/** The rules of maintenance windows. Windows may overlap: the stricter mode holds. */
export class MaintenanceService extends TimedControlService<
  StoredWindow,
  MaintenanceWindow,
  CreateRequest
> {
  private readonly unendedNow = cachedFor(
    BANNER_CACHE_MS,
    now => this.store.unended(now),
    () => this.now(),
  );

  constructor(
    store: WindowStore,
    publisher: Publisher,
    maxDurationMs: number,
    now: () => number = Date.now,
  ) {
    super(store, { publisher, noun: 'maintenance', maxDurationMs }, now);
  }

  list(query: MaintenanceQuery): Promise<Page<MaintenanceWindow>> {
    const { tenant } = query;
    return this.page(query, rows => {
      if (!tenant) return;
      rows.where(q => q.where({ tenant }).orWhere({ scope: 'platform' }));
    });
  }

  plan(request: CreateRequest) {
    const now = this.now();
    const { reason: _, ...window } = request;
    const startsAt = Math.max(optionalMs(request.startsAt) ?? now, now);
    const endsAt = Date.parse(request.endsAt);
    this.assertLength(startsAt, endsAt);
    return {
      ...window,
      id: randomUUID(),
      startsAt,
      endsAt,
      plannedEndsAt: endsAt,
      announceAt: optionalMs(request.announceAt),
    };
  }

  tenantOf({ scope }: Pick<StoredWindow, 'scope'>): string | undefined {
    return scope.kind === 'tenant' ? scope.tenant : undefined;
  }

  scopeOf({ scope }: StoredWindow): object {
    return { scope };
  }

  audited({ mode, startsAt, endsAt }: MaintenanceWindow): object {
    return { mode, startsAt, endsAt };
  }

  /** What everybody may know. */
  async banner(
    tenant: string | undefined,
    languages: readonly string[],
  ): Promise<MaintenanceBanner> {
    const windows = await this.unendedNow.get();
    return bannerOf(windows.map(recordOf), tenant, languages, this.now());
  }

  view(stored: StoredWindow): MaintenanceWindow {
    const { v: _, revision: __, ...published } = recordOf(stored);
    const timed = this.timed(stored);
    return {
      ...published,
      ...timed,
      plannedEndsAt: iso(stored.plannedEndsAt),
      overrunning:
        timed.state === 'active' && this.now() >= stored.plannedEndsAt,
    };
  }

  protected async publish(): Promise<void> {
    this.unendedNow.clear();
    await super.publish();
  }
}
