import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import type { Page } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Knex } from 'knex';
import type { Conclude } from '../lib/actions';
import type { PageQuery } from '../lib/keyset';
import { HOUR_MS, iso, optionalIso } from '../lib/time';
import type { Publisher } from './ControlPublisher';
import type {
  NewControl,
  TimedControl,
  TimedControlStore,
  TimedState,
} from './TimedControlStore';
import { refusal, sentence } from '../lib/sentences';

/** A control that may be created. */
export type PlannedControl<Stored extends TimedControl> = Omit<
  NewControl<Stored>,
  'createdAt' | 'createdBy' | 'reason'
>;

/** The rules of controls that have an end. A subclass says what its controls are for. */
export abstract class TimedControlService<
  Stored extends TimedControl,
  View,
  Request,
> {
  constructor(
    protected readonly store: TimedControlStore<Stored>,
    private readonly options: {
      publisher: Publisher;
      /** what one control is, in the codes of what is said of it */
      noun: 'maintenance' | 'override';
      maxDurationMs: number;
    },
    protected readonly now: () => number,
  ) {}

  /** @throws InputError, ConflictError */
  abstract plan(request: Request): PlannedControl<Stored>;
  abstract view(stored: Stored): View;
  abstract tenantOf(control: PlannedControl<Stored>): string | undefined;
  /** what the audit trail says that the control is for */
  abstract scopeOf(stored: Stored): object;
  /** what the audit trail keeps of it before and after a change */
  abstract audited(view: View): object;

  /** @throws ConflictError if a conflicting control is in force */
  async create(
    planned: PlannedControl<Stored>,
    by: string,
    reason: string,
    conclude?: Conclude<View>,
  ): Promise<View> {
    const now = this.now();
    const control = { ...planned, createdAt: now, createdBy: by, reason };
    const stored = await this.store.insert(
      control as unknown as NewControl<Stored>,
      now,
      async (trx, inserted) => conclude?.(trx, this.view(inserted)),
    );
    if ('conflicting' in stored) {
      const { endsAt } = stored.conflicting;
      throw refusal(
        ConflictError,
        sentence(`control-conflict-${this.options.noun}`, {
          end: { at: iso(endsAt) },
        }),
      );
    }
    await this.publish();
    return this.view(stored.inserted);
  }

  /** @throws NotFoundError, ConflictError if it has ended */
  async unended(id: string): Promise<Stored> {
    const control = await this.store.get(id);
    if (!control) {
      throw refusal(
        NotFoundError,
        sentence(`control-missing-${this.options.noun}`, { id }),
      );
    }
    if (control.endsAt <= this.now()) {
      throw refusal(
        ConflictError,
        sentence('control-ended', { end: { at: iso(control.endsAt) } }),
      );
    }
    return control;
  }

  /** @throws InputError, ConflictError */
  planExtension(control: Stored, endsAt: number): number {
    if (endsAt <= control.endsAt) {
      throw refusal(
        InputError,
        sentence('end-after-present', {
          field: 'body.endsAt',
          end: { at: iso(control.endsAt) },
        }),
      );
    }
    this.assertLength(control.startsAt, endsAt);
    return endsAt;
  }

  /** @param change - without `endsAt`, the control ends now */
  async changeEnd(
    id: string,
    change: { endsAt?: number; by: string; reason: string },
    conclude?: Conclude<View>,
  ): Promise<View> {
    const now = this.now();
    const stored = await this.store.changeEnd(
      id,
      {
        endsAt: change.endsAt ?? now,
        endedEarly: change.endsAt === undefined,
        at: now,
        by: change.by,
        reason: change.reason,
      },
      async (trx, changed) => conclude?.(trx, this.view(changed)),
    );
    if (!stored)
      throw refusal(ConflictError, sentence('control-ended-meanwhile'));
    await this.publish();
    return this.view(stored);
  }

  protected async page(
    query: PageQuery & { state?: TimedState[] },
    restrict: (rows: Knex.QueryBuilder) => void,
  ): Promise<Page<View>> {
    const { cursor, limit, state: states } = query;
    const page = await this.store.list(
      { cursor, limit, states, now: this.now() },
      restrict,
    );
    return { ...page, items: page.items.map(stored => this.view(stored)) };
  }

  /** @throws InputError or ConflictError if the end is past, before the start, or too far away */
  protected assertLength(startsAt: number, endsAt: number): void {
    const now = this.now();
    if (endsAt <= now)
      throw refusal(
        InputError,
        sentence('field-passed', { field: 'body.endsAt' }),
      );
    if (endsAt <= startsAt) {
      throw refusal(
        InputError,
        sentence('end-after-start', { field: 'body.endsAt' }),
      );
    }
    const { noun, maxDurationMs } = this.options;
    if (endsAt - Math.max(startsAt, now) > maxDurationMs) {
      const hours = Math.round((maxDurationMs / HOUR_MS) * 10) / 10;
      throw refusal(
        ConflictError,
        sentence(`control-too-long-${noun}`, { hours }),
      );
    }
  }

  /** The part of a view that all controls with an end have. */
  protected timed(stored: Stored) {
    const now = this.now();
    let state: TimedState = 'active';
    if (stored.startsAt >= stored.endsAt) state = 'cancelled';
    else if (stored.endsAt <= now) state = 'ended';
    else if (stored.startsAt > now) state = 'scheduled';
    return {
      id: stored.id,
      startsAt: iso(stored.startsAt),
      endsAt: iso(stored.endsAt),
      state,
      endedEarly: stored.endedEarly,
      createdAt: iso(stored.createdAt),
      createdBy: stored.createdBy,
      reason: stored.reason,
      changedAt: optionalIso(stored.changedAt),
      changedBy: stored.changedBy,
      changeReason: stored.changeReason,
      published: this.options.publisher.isPublished(
        this.store.kind,
        stored.revision,
      ),
    };
  }

  protected async publish(): Promise<void> {
    await this.options.publisher.afterChange(this.store);
  }
}
