import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import type { Page } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Knex } from 'knex';
import type { Conclude } from '../lib/actions';
import type { PageQuery } from '../lib/keyset';
import { HOUR_MS, iso, minuteText, optionalIso, utcText } from '../lib/time';
import type { Publisher } from './ControlPublisher';
import type {
  NewControl,
  TimedControl,
  TimedControlStore,
  TimedState,
} from './TimedControlStore';

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
      /** what one control is called in errors, with its article: `an override` */
      noun: string;
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
      throw new ConflictError(
        `There is ${this.options.noun} for the same already, up to ${minuteText(
          endsAt,
        )}; extend it or end it`,
      );
    }
    await this.publish();
    return this.view(stored.inserted);
  }

  /** @throws NotFoundError, ConflictError if it has ended */
  async unended(id: string): Promise<Stored> {
    const control = await this.store.get(id);
    if (!control) {
      throw new NotFoundError(
        `There is no ${this.options.noun.replace(/^an? /, '')} ${id}`,
      );
    }
    if (control.endsAt <= this.now()) {
      throw new ConflictError(`It ended at ${utcText(iso(control.endsAt))}`);
    }
    return control;
  }

  /** @throws InputError, ConflictError */
  planExtension(control: Stored, endsAt: number): number {
    if (endsAt <= control.endsAt) {
      throw new InputError(
        `body.endsAt: must be after the present end, ${iso(control.endsAt)}`,
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
    if (!stored) throw new ConflictError('It has ended meanwhile');
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
    if (endsAt <= now) throw new InputError('body.endsAt: has already passed');
    if (endsAt <= startsAt) {
      throw new InputError('body.endsAt: must be after the start');
    }
    const { noun, maxDurationMs } = this.options;
    if (endsAt - Math.max(startsAt, now) > maxDurationMs) {
      const hours = Math.round((maxDurationMs / HOUR_MS) * 10) / 10;
      throw new ConflictError(
        `${noun[0].toUpperCase()}${noun.slice(
          1,
        )} may last ${hours} hours at most`,
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
