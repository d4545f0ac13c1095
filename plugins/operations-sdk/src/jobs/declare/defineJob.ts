import { Duration } from 'luxon';
import {
  jobRegistrationSchema,
  queueOf,
  type Schedule,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  checkCron,
  checkTimezone,
} from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import type { JobRegistrationInput } from '@craft-easy/backstage-plugin-operations-protocol';
import { SDK_INFO } from '../sdkInfo';
import { JobDeclarationError } from './JobDeclarationError';
import { declareParameters } from './parameters';
import type {
  DurationInput,
  JobDeclaration,
  JobDefinition,
  ParametersDeclaration,
} from './types';

/** Registration field → field of the declaration, where the names differ. */
const FIELD_NAMES: Record<string, string> = {
  targetDurationMs: 'targetDuration',
  maxWaitMs: 'maxWait',
  missedAfterMs: 'missedAfter',
  timeoutMs: 'timeout',
  everyMs: 'every',
  delayMs: 'delay',
};

function declareSchedule(declaration: JobDeclaration<any>): Schedule | null {
  const { name, schedule } = declaration;
  if (!schedule) {
    return null;
  }
  if ('every' in schedule) {
    return { everyMs: millis(name, 'schedule.every', schedule.every)! };
  }
  const timezone = schedule.timezone ?? 'UTC';
  const zoneProblem = checkTimezone(timezone);
  if (zoneProblem) {
    throw new JobDeclarationError(name, 'schedule.timezone', zoneProblem);
  }
  const cronProblem = checkCron(schedule.cron);
  if (cronProblem) {
    throw new JobDeclarationError(name, 'schedule.cron', cronProblem);
  }
  return { cron: schedule.cron, timezone };
}

function millis(
  job: string,
  field: string,
  duration: DurationInput | undefined,
): number | undefined {
  if (duration === undefined) {
    return undefined;
  }
  try {
    return Duration.fromObject(duration).toMillis();
  } catch (error) {
    throw new JobDeclarationError(
      job,
      field,
      `is no duration like { minutes: 5 } (${(error as Error).message})`,
    );
  }
}

/** Rules between fields that would otherwise be broken silently, at run time. */
function checkContract(d: JobDeclaration<any>): void {
  const refuse = (field: string, problem: string): never => {
    throw new JobDeclarationError(d.name, field, problem);
  };
  if (typeof d.handler !== 'function') {
    refuse('handler', 'must be a function');
  }
  if (d.manualRun === false && (d.attempts ?? 1) > 1) {
    refuse(
      'attempts',
      'must be 1 where manualRun is false: such a run is never executed twice',
    );
  }
  if (d.manualRun === false && !d.schedule) {
    refuse(
      'schedule',
      'is needed where manualRun is false: nothing else may start such a job',
    );
  }
}

/** A schedule gives no parameters: without defaults every scheduled run would be refused. */
function checkDefaults(job: string, parse: (given: unknown) => unknown): void {
  try {
    parse({});
  } catch (error) {
    throw new JobDeclarationError(
      job,
      'parameters',
      `need defaults where there is a schedule (${(error as Error).message})`,
    );
  }
}

/**
 * Declares a job. Everything that the portal knows of the job comes from its declaration.
 * @throws JobDeclarationError that names job and field
 * @public
 */
export function defineJob<
  P extends ParametersDeclaration = Record<string, unknown>,
>(declaration: JobDeclaration<P>): JobDefinition {
  const d = declaration;
  checkContract(d);
  const parameters = declareParameters(d.name, d.parameters);
  if (d.schedule) {
    checkDefaults(d.name, parameters.parse);
  }
  const {
    handler,
    schedule: _s,
    parameters: _p,
    targetDuration,
    maxWait,
    missedAfter,
    timeout,
    backoff,
    ...same
  } = d;
  const input: JobRegistrationInput = {
    ...same,
    v: 1,
    engine: 'bullmq',
    queue: queueOf(String(d.name)),
    schedule: declareSchedule(d),
    parametersSchema: parameters.schema,
    targetDurationMs: millis(d.name, 'targetDuration', targetDuration),
    maxWaitMs: millis(d.name, 'maxWait', maxWait),
    missedAfterMs: millis(d.name, 'missedAfter', missedAfter),
    timeoutMs: millis(d.name, 'timeout', timeout),
    backoff: backoff && {
      type: backoff.type,
      delayMs: millis(d.name, 'backoff.delay', backoff.delay)!,
    },
    sdk: SDK_INFO,
    registeredAt: new Date(0).toISOString(),
  };
  const checked = jobRegistrationSchema.safeParse(input);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const field = issue.path
      .map(part => FIELD_NAMES[String(part)] ?? String(part))
      .join('.');
    throw new JobDeclarationError(String(d.name), field, issue.message);
  }
  const { tenants: _t, registeredAt: _r, ...registration } = checked.data;
  return Object.freeze<JobDefinition>({
    name: registration.name,
    schedule: registration.schedule,
    tenantScoped: registration.tenantScoped,
    manualRun: registration.manualRun,
    cancellable: registration.cancellable,
    attempts: registration.attempts,
    concurrency: registration.concurrency,
    timeoutMs: registration.timeoutMs,
    registration,
    parseParameters: parameters.parse,
    handler,
  });
}
