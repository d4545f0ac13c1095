import { Duration } from 'luxon';
import {
  firingSchema,
  jobRegistrationSchema,
  queueOf,
  type Schedule,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  checkCron,
  checkTimezone,
} from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import type { JobRegistrationInput } from '@craft-easy/backstage-plugin-operations-protocol';
import { faultOf } from '../../checked';
import { SDK_INFO } from '../sdkInfo';
import { declarationForm } from './form';
import { JobDeclarationError } from './JobDeclarationError';
import { declareParameters } from './parameters';
import type {
  DurationInput,
  JobDeclaration,
  JobDefinition,
  ParametersDeclaration,
  ScheduleDeclaration,
} from './types';

/** Registration field → field of the declaration, where the names differ. */
const FIELD_NAMES: Record<string, string> = {
  parametersSchema: 'parameters',
  targetDurationMs: 'targetDuration',
  maxWaitMs: 'maxWait',
  missedAfterMs: 'missedAfter',
  timeoutMs: 'timeout',
  startWithinMs: 'startWithin',
  everyMs: 'every',
  offsetMs: 'offset',
  delayMs: 'delay',
};

function declareSchedule(declaration: JobDeclaration<any>): Schedule | null {
  const { name, schedule } = declaration;
  if (!schedule) {
    return null;
  }
  const { by, firedBy } = schedule;
  const firing = firingSchema.safeParse({ by, firedBy });
  if (!firing.success) {
    const [{ path, message }] = firing.error.issues;
    throw new JobDeclarationError(
      name,
      ['schedule', ...path].join('.'),
      message,
    );
  }
  if ('every' in schedule) {
    if ('cron' in schedule) {
      throw new JobDeclarationError(
        name,
        'schedule.every',
        'is one kind of schedule, schedule.cron another: give one of them',
      );
    }
    return { ...declareInterval(name, schedule), by, firedBy };
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
  return { cron: schedule.cron, timezone, by, firedBy };
}

function declareInterval(
  job: string,
  schedule: Extract<ScheduleDeclaration, { every: unknown }>,
): Schedule {
  const everyMs = millis(job, 'schedule.every', schedule.every)!;
  const offsetMs = millis(job, 'schedule.offset', schedule.offset);
  if (offsetMs === undefined) {
    return { everyMs };
  }
  if (!(offsetMs >= 0 && offsetMs < everyMs)) {
    throw new JobDeclarationError(
      job,
      'schedule.offset',
      'must be shorter than schedule.every, and not negative',
    );
  }
  return { everyMs, offsetMs };
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
  const { error } = declarationForm.safeParse(d);
  if (error) {
    const { path, message } = faultOf(error);
    throw new JobDeclarationError(d?.name, path, message);
  }
  if (d.manualRun === false && (d.attempts ?? 1) > 1) {
    refuse(
      'attempts',
      'must be 1 where manualRun is false: such a run is never executed twice',
    );
  }
  if (d.startWithin !== undefined && d.manualRun !== false) {
    refuse(
      'startWithin',
      'is of jobs with manualRun: false only: any other slot may start late',
    );
  }
  if (d.manualRun === false && !d.schedule) {
    refuse(
      'schedule',
      'is needed where manualRun is false: nothing else may start such a job',
    );
  }
  if (d.manualRun === false && d.schedule?.by === 'external') {
    refuse(
      'schedule.by',
      'must not be external where manualRun is false: no worker can prove that another scheduler fired a run',
    );
  }
}

/** An engine gives no parameters: without defaults every scheduled run would be refused. */
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
  if (d.schedule && d.schedule.by !== 'external') {
    checkDefaults(d.name, parameters.parse);
  }
  const {
    handler,
    schedule: _s,
    parameters: _p,
    targetDuration,
    maxWait,
    missedAfter,
    startWithin,
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
    startWithinMs: millis(d.name, 'startWithin', startWithin),
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
    const { path, message } = faultOf(checked.error);
    const field = path
      .split('.')
      .map(part => FIELD_NAMES[part] ?? part)
      .join('.');
    throw new JobDeclarationError(String(d.name), field, message);
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
    startWithinMs: registration.startWithinMs,
    registration,
    parseParameters: parameters.parse,
    handler,
  });
}
