/** What a report says of its job becomes the job's registration. */
import { InputError } from '@backstage/errors';
import type { JobFacts } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobRegistrationSchema,
  queueOf,
  type Schedule,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  checkCron,
  checkTimezone,
} from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import { ENGINE } from './runs/record';

const MINUTE_MS = 60_000;
const UNITS: Record<string, number> = {
  s: 1000,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 24 * 60 * MINUTE_MS,
};

/** What is known of a job beside its owner: by a report, or by a team's own entity. */
export interface JobSaid extends JobFacts {
  tenant?: string;
  /** null: the job has no entity of a team's own any more */
  entityRef?: string | null;
  system?: string;
  lifecycle?: string;
  tags?: string[];
}

/**
 * The registration of a job after a report; what is left out stays as it was.
 *
 * @param known - absent: the job comes into being
 * @param at - when it was reported, epoch ms: an older report changes nothing
 * @returns the very registration that was known, where the report changes nothing
 * @throws InputError that names the wrong field
 */
export function registrationAfter(
  known: JobRegistration | undefined,
  name: string,
  facts: JobSaid,
  owner: string | undefined,
  at: number,
): JobRegistration {
  if (known && at < Date.parse(known.registeredAt)) return known;
  const { tenant, ...said } = facts;
  const schedule = scheduleAfter(known?.schedule ?? null, said);
  const minutes = (given: number | undefined, before: number | undefined) =>
    given === undefined ? before : Math.max(1, Math.round(given * MINUTE_MS));
  const wanted = {
    ...(known ?? {
      v: 1 as const,
      engine: ENGINE,
      name,
      queue: queueOf(name),
    }),
    title: said.title ?? known?.title,
    description: said.description ?? known?.description,
    owner: owner ?? known?.owner,
    entityRef:
      said.entityRef === null ? undefined : said.entityRef ?? known?.entityRef,
    system: said.system ?? known?.system,
    lifecycle: said.lifecycle ?? known?.lifecycle,
    tags: said.tags ?? known?.tags,
    schedule,
    missedAfterMs: minutes(said.graceMinutes, known?.missedAfterMs),
    timeoutMs: minutes(said.limitMinutes, known?.timeoutMs),
    targetDurationMs: minutes(said.targetMinutes, known?.targetDurationMs),
    cancellable: said.cancellable ?? known?.cancellable ?? false,
    startWithinMs: minutes(said.startWithinMinutes, known?.startWithinMs),
    onCall: said.onCall
      ? { title: 'On call', url: said.onCall }
      : known?.onCall,
    tenantScoped: known?.tenantScoped || tenant !== undefined,
    registeredAt: known?.registeredAt ?? new Date(at).toISOString(),
  };
  const parsed = jobRegistrationSchema.safeParse(wanted);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new InputError(`body.${path.join('.')}: ${message}`);
  }
  const { data } = parsed;
  if (known && JSON.stringify(data) === JSON.stringify(known)) return known;
  return { ...data, registeredAt: new Date(at).toISOString() };
}

/**
 * A job's schedule after what was said of it; what is left out stays as it was.
 * @throws InputError that names the wrong field
 */
export function scheduleAfter(
  known: Schedule | null,
  said: Pick<JobFacts, 'schedule' | 'timezone' | 'firedBy'>,
): Schedule | null {
  const before = known && 'cron' in known ? known : undefined;
  const timezone = said.timezone ?? before?.timezone ?? 'UTC';
  // each report of a crontab's line says the same again
  const wrongZone =
    timezone !== (before?.timezone ?? 'UTC') && checkTimezone(timezone);
  if (wrongZone) throw new InputError(`body.timezone: ${wrongZone}`);
  const firing = {
    by: 'external' as const,
    firedBy: said.firedBy ?? known?.firedBy ?? 'its own scheduler',
  };
  if (said.schedule === undefined) {
    if (!known) return null;
    return before
      ? { ...before, ...firing, timezone }
      : { ...known, ...firing };
  }
  const text = said.schedule.trim();
  if (text === 'none') return null;
  const every = /^every (\d{1,6}) ?(s|m|h|d)$/.exec(text);
  if (every) {
    const everyMs = Number(every[1]) * UNITS[every[2]];
    if (everyMs < 1000)
      throw new InputError('body.schedule: at least every 1s');
    return { everyMs, ...firing };
  }
  const wrong = text !== before?.cron && checkCron(text);
  if (wrong) throw new InputError(`body.schedule: ${wrong}`);
  return { cron: text, timezone, ...firing };
}
