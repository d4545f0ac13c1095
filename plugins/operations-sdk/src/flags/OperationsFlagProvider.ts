import {
  ErrorCode,
  OpenFeatureEventEmitter,
  ProviderEvents,
  StandardResolutionReasons,
  type EvaluationContext,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import { withTimeout } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { FlagRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { checked, forms, optionsOf } from '../checked';
import type { Controls } from '../controls';
import { controlsForm } from '../controls/Controls';
import { compileFlag, detailsOf, type CompiledFlag } from './compile';

/** @public */
export interface OperationsFlagProviderOptions {
  /** This process's copy of what the portal published. */
  controls: Controls;
  /**
   * Another system's say, per tenant or user: answers the name of a variant, null for "off, code's
   * own default", or undefined to leave the global value. Without it the evaluation context is
   * ignored, and every answer says so (`flagMetadata.context: 'ignored'`).
   */
  override?: (
    flag: FlagRecord,
    context: EvaluationContext,
  ) => string | null | undefined;
  /**
   * How long `initialize` waits for the first state; default 5 s. It becomes ready later by itself.
   */
  initializeTimeoutMs?: number;
}

const optionsForm = optionsOf<OperationsFlagProviderOptions>({
  controls: controlsForm,
  override: forms.callback.optional(),
  initializeTimeoutMs: forms.milliseconds.optional(),
});

/** Longest delay that a timer can take. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * OpenFeature provider for servers: the portal's global flags, evaluated in the process. An
 * evaluation costs no I/O. While Redis is away it answers with the last known state, reason
 * `STALE`. `until` is compared with the clock at each evaluation; a timer merely notifies
 * listeners of the change.
 * @public
 */
export class OperationsFlagProvider implements Provider {
  readonly metadata = { name: 'operations' } as const;
  readonly runsOn = 'server' as const;
  readonly events = new OpenFeatureEventEmitter();
  private readonly flags = new Map<string, CompiledFlag>();
  private readonly wakers = new Map<string, NodeJS.Timeout>();
  private stops: Array<() => void> = [];

  constructor(private readonly options: OperationsFlagProviderOptions) {
    checked('OperationsFlagProvider', optionsForm, options);
    const state = options.controls.state('flags');
    const take = (ids: Iterable<string>) => {
      for (const id of ids) this.put(id, state.records.get(id));
    };
    take(state.records.keys());
    this.stops.push(
      state.onChange(ids => {
        take(ids);
        this.events.emit(ProviderEvents.ConfigurationChanged, {
          flagsChanged: [...ids],
        });
      }),
    );
  }

  async initialize(): Promise<void> {
    const { controls, initializeTimeoutMs = 5_000 } = this.options;
    try {
      await withTimeout(
        initializeTimeoutMs,
        controls.ready,
        () => new Error('the flags could not be read yet'),
      );
    } finally {
      this.stops.push(
        controls.onAvailability(up => {
          this.events.emit(up ? ProviderEvents.Ready : ProviderEvents.Stale, {
            message: up
              ? undefined
              : 'Redis is away; the last known state is used',
          });
        }),
      );
    }
  }

  async onClose(): Promise<void> {
    for (const stop of this.stops.splice(0)) stop();
    for (const timer of this.wakers.values()) clearTimeout(timer);
    this.wakers.clear();
  }

  async resolveBooleanEvaluation(
    key: string,
    fallback: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return this.resolve(key, 'boolean', fallback, context);
  }

  async resolveStringEvaluation(
    key: string,
    fallback: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return this.resolve(key, 'string', fallback, context);
  }

  async resolveNumberEvaluation(
    key: string,
    fallback: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    return this.resolve(key, 'number', fallback, context);
  }

  async resolveObjectEvaluation<T extends JsonValue>(
    key: string,
    fallback: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return this.resolve(key, 'object', fallback, context);
  }

  private resolve<T>(
    key: string,
    type: FlagRecord['type'],
    fallback: T,
    context: EvaluationContext,
  ): ResolutionDetails<T> {
    const flag = this.flags.get(key);
    if (!flag) {
      return {
        value: fallback,
        reason: StandardResolutionReasons.ERROR,
        errorCode: ErrorCode.FLAG_NOT_FOUND,
        errorMessage: `there is no flag "${key}"`,
      };
    }
    const { override, controls } = this.options;
    let details = controls.now() < flag.until ? flag.now : flag.after;
    if (override) {
      const variant = override(flag.record, context);
      if (variant !== undefined)
        details = detailsOf(flag.record, variant, true);
    }
    const served = details as ResolutionDetails<T> & { value?: T };
    const known = controls.availability.available;
    // what is off has no type: over OFREP, too, nobody could tell
    if (served.value === undefined) return { ...served, value: fallback };
    if (flag.record.type !== type) {
      return {
        value: fallback,
        reason: StandardResolutionReasons.ERROR,
        errorCode: ErrorCode.TYPE_MISMATCH,
        errorMessage: `flag "${key}" is of type ${flag.record.type}`,
        flagMetadata: flag.metadata,
      };
    }
    return known
      ? served
      : { ...served, reason: StandardResolutionReasons.STALE };
  }

  private put(id: string, record: FlagRecord | undefined): void {
    clearTimeout(this.wakers.get(id));
    this.wakers.delete(id);
    if (!record) {
      this.flags.delete(id);
      return;
    }
    const flag = compileFlag(record);
    this.flags.set(id, flag);
    const wait = flag.until - this.options.controls.now();
    if (wait <= 0 || wait > MAX_TIMER_MS) return;
    const timer = setTimeout(() => {
      this.wakers.delete(id);
      this.events.emit(ProviderEvents.ConfigurationChanged, {
        flagsChanged: [id],
      });
    }, wait + 1);
    timer.unref();
    this.wakers.set(id, timer);
  }
}
