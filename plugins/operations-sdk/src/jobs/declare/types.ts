import type { z } from 'zod';
import type { Schedule } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  JobAbilities,
  JobRegistration,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobContext } from '../run/context';

/** A length of time: `{ minutes: 5 }`. Days have 24 hours. @public */
export interface DurationInput {
  weeks?: number;
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
  milliseconds?: number;
}

/** Parameters of a job: a zod object, or a JSON Schema 2020-12 of an object. @public */
export type ParametersDeclaration = z.ZodType | Record<string, unknown>;

/** What a handler finds in `ctx.parameters`. @public */
export type ParametersOf<P> = P extends z.ZodType
  ? z.output<P>
  : Record<string, unknown>;

/**
 * What a handler may return: nothing (exit code 0), or an exit code and a small summary.
 * @public
 */
export interface HandlerResult {
  /** 0 is success; anything else ends the run as failed. Default 0. */
  exitCode?: number;
  /** Shown with the run; JSON, at most 16 kB. */
  result?: unknown;
}

/** The work itself. Throwing fails the run, with the error's `exitCode` or 1. @public */
export type JobHandler<P> = (
  ctx: JobContext<ParametersOf<P>>,
) => Promise<HandlerResult | void> | HandlerResult | void;

/** @public */
export interface JobLinkDeclaration {
  title: string;
  /** http(s), mailto, tel, or a path of the portal */
  url: string;
}

/** When a job runs by itself. @public */
export type ScheduleDeclaration = (
  | {
      /** 5 or 6 fields */
      cron: string;
      /** IANA name; default UTC */
      timezone?: string;
    }
  | {
      every: DurationInput;
      /** Where in the interval the slots lie, counted from 1970-01-01 UTC. Default 0. */
      offset?: DurationInput;
    }
) & {
  /**
   * `external`: another scheduler fires the job, and queues its runs. The worker sets up none; the
   * portal shows the schedule and tells which runs are late or missed. Default `engine`.
   */
  by?: 'engine' | 'external';
  /** Who that is, in at most 100 characters: "cron on db-1". */
  firedBy?: string;
};

/** A job as platform code declares it, its only declaration. @public */
export interface JobDeclaration<
  P extends ParametersDeclaration = Record<string, unknown>,
> {
  /** 1 to 200 of `A-Z a-z 0-9 . _ : -`; its queue and its catalog entity follow from it. */
  name: string;
  title?: string;
  description?: string;
  /** Entity reference, `group:default/finance`. */
  owner?: string;
  system?: string;
  lifecycle?: string;
  tags?: string[];
  links?: JobLinkDeclaration[];
  /** None: on demand. */
  schedule?: ScheduleDeclaration;
  /** `false`: runs on its schedule only, never by hand, never twice. Default true. */
  manualRun?: boolean;
  /**
   * Of a job with `manualRun: false`: how long after its moment a slot may still start. Default:
   * until the next slot is due. A slot that did not start in time is missed.
   */
  startWithin?: DurationInput;
  /** Why it is not safe to run by hand; shown wherever the portal refuses. */
  manualRunReason?: string;
  /** Whom to page. */
  onCall?: JobLinkDeclaration;
  /** The handler honours `ctx.signal`. Default false. */
  cancellable?: boolean;
  /** A scheduled run becomes a run per tenant; every run names a tenant. */
  tenantScoped?: boolean;
  supportsDryRun?: boolean;
  supportsTimeRange?: boolean;
  parameters?: P;
  targetDuration?: DurationInput;
  maxQueueDepth?: number;
  maxWait?: DurationInput;
  missedAfter?: DurationInput;
  /** Consecutive failures that need attention. */
  failureThreshold?: number;
  /** After it the signal is aborted, and the run ends `timed-out`. */
  timeout?: DurationInput;
  /** Default 1. */
  attempts?: number;
  backoff?: { type: 'fixed' | 'exponential'; delay: DurationInput };
  /**
   * Runs at the same time over all workers; default 1. A tenant-scoped job never has more than one
   * per tenant.
   */
  concurrency?: number;
  /** What the portal shall not do although the engine could, with the reason for each. */
  abilities?: JobAbilities;
  handler: JobHandler<P>;
}

/** A checked declaration, as {@link defineJob} returns it. @public */
export interface JobDefinition {
  readonly name: string;
  readonly schedule: Schedule | null;
  readonly tenantScoped: boolean;
  readonly manualRun: boolean;
  readonly cancellable: boolean;
  readonly attempts: number;
  readonly concurrency: number;
  readonly timeoutMs: number | undefined;
  /** How long after its moment a guarded slot may start; undefined: until the next one is due. */
  readonly startWithinMs: number | undefined;
  /** The declared part of the registration. */
  readonly registration: DeclaredRegistration;
  /**
   * Checks and completes the parameters of a run.
   * @throws Error that names the wrong parameter
   */
  readonly parseParameters: (given: unknown) => Record<string, unknown>;
  readonly handler: (
    ctx: JobContext<any>,
  ) => Promise<HandlerResult | void> | HandlerResult | void;
}

/** A registration without what the worker adds when it starts. @public */
export type DeclaredRegistration = Omit<
  JobRegistration,
  'tenants' | 'registeredAt'
>;
