import { randomUUID } from 'node:crypto';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import type {
  createMaintenanceSchema,
  MaintenanceQuery,
  MaintenanceWindow,
  Page,
} from '@craft-easy/backstage-plugin-operations-common';
import {
  bannerOf,
  type MaintenanceBanner,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { z } from 'zod';
import type { EndingControls } from '../controls/endActions';
import type { ControlPublisher } from '../controls/ControlPublisher';
import { iso, optionalIso, optionalMs } from '../lib';
import { recordOf, type StoredWindow, type WindowStore } from './WindowStore';

const HOUR_MS = 3_600_000;
/** The public banner is asked by every open page: it is read from the database this often at most. */
const BANNER_CACHE_MS = 1_000;

/** What is configured of maintenance. */
export interface MaintenanceRules {
  maxDurationMs: number;
}

/** The rules of maintenance windows. Windows may overlap: the stricter mode holds, a tenant's and the platform's alike. */
export class MaintenanceService
  implements EndingControls<StoredWindow, MaintenanceWindow>
{
  private cached: { at: number; windows: Promise<StoredWindow[]> } | undefined;

  constructor(
    private readonly store: WindowStore,
    private readonly publisher: Pick<
      ControlPublisher,
      'afterChange' | 'isPublished'
    >,
    private readonly rules: MaintenanceRules,
    private readonly now: () => number = Date.now,
  ) {}

  async list(query: MaintenanceQuery): Promise<Page<MaintenanceWindow>> {
    const { windows, totalItems, nextCursor } = await this.store.list({
      states: query.state,
      tenant: query.tenant,
      cursor: query.cursor,
      limit: query.limit,
      now: this.now(),
    });
    return {
      items: windows.map(w => this.view(w)),
      totalItems,
      pageInfo: { nextCursor },
    };
  }

  /** @throws InputError, ConflictError */
  plan(request: z.output<typeof createMaintenanceSchema>) {
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
      announceAt: optionalMs(request.announceAt),
    };
  }

  async create(
    planned: ReturnType<MaintenanceService['plan']>,
    by: string,
    reason: string,
  ): Promise<MaintenanceWindow> {
    const now = this.now();
    const stored = await this.store.insert(
      { ...planned, createdAt: now, createdBy: by, reason },
      now,
    );
    await this.published();
    return this.view(stored);
  }

  /** @throws NotFoundError, ConflictError if it has ended */
  async unended(id: string): Promise<StoredWindow> {
    const window = await this.store.get(id);
    if (!window) throw new NotFoundError(`There is no maintenance ${id}`);
    if (window.endsAt <= this.now()) {
      throw new ConflictError(`It ended at ${iso(window.endsAt)}`);
    }
    return window;
  }

  /** @throws InputError, ConflictError */
  planExtension(window: StoredWindow, endsAt: number): number {
    if (endsAt <= window.endsAt) {
      throw new InputError(
        `body.endsAt: must be after the present end, ${iso(window.endsAt)}`,
      );
    }
    this.assertLength(window.startsAt, endsAt);
    return endsAt;
  }

  async changeEnd(
    id: string,
    change: { endsAt?: number; by: string; reason: string },
  ): Promise<MaintenanceWindow> {
    const now = this.now();
    const { endsAt, by, reason } = change;
    const stored = await this.store.changeEnd(id, {
      endsAt: endsAt ?? now,
      endedEarly: endsAt === undefined,
      at: now,
      by,
      reason,
    });
    if (!stored) throw new ConflictError('It has ended meanwhile');
    await this.published();
    return this.view(stored);
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
    const now = this.now();
    if (!this.cached || now - this.cached.at >= BANNER_CACHE_MS) {
      this.cached = { at: now, windows: this.store.unended(now) };
    }
    const windows = await this.cached.windows;
    return bannerOf(windows.map(recordOf), tenant, languages, now);
  }

  view(stored: StoredWindow): MaintenanceWindow {
    const now = this.now();
    let state: MaintenanceWindow['state'] = 'active';
    if (stored.endsAt <= now) state = 'ended';
    else if (stored.startsAt > now) state = 'scheduled';
    const { v: _, revision, ...published } = recordOf(stored);
    return {
      ...published,
      plannedEndsAt: iso(stored.plannedEndsAt),
      state,
      overrunning: state === 'active' && now >= stored.plannedEndsAt,
      endedEarly: stored.endedEarly,
      createdAt: iso(stored.createdAt),
      createdBy: stored.createdBy,
      reason: stored.reason,
      changedAt: optionalIso(stored.changedAt),
      changedBy: stored.changedBy,
      changeReason: stored.changeReason,
      published: this.publisher.isPublished('maintenance', revision),
    };
  }

  private async published(): Promise<void> {
    this.cached = undefined;
    await this.publisher.afterChange('maintenance');
  }

  private assertLength(startsAt: number, endsAt: number): void {
    const now = this.now();
    const { maxDurationMs } = this.rules;
    if (endsAt <= now) throw new InputError('body.endsAt: has already passed');
    if (endsAt <= startsAt) {
      throw new InputError('body.endsAt: must be after the start');
    }
    if (endsAt - Math.max(startsAt, now) > maxDurationMs) {
      throw new ConflictError(
        `Maintenance may last ${maxDurationMs / HOUR_MS} hours at most`,
      );
    }
  }
}
