import { randomUUID } from 'node:crypto';
import { InputError, NotAllowedError } from '@backstage/errors';
import type {
  CheckinBody,
  JobFacts,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { IDEMPOTENCY_KEY_HEADER } from '@craft-easy/backstage-plugin-operations-common';
import type {
  EngineHandlers,
  EngineIntake,
  EngineRequest,
  JobEngine,
} from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { JobEntities } from './catalog/JobEntities';
import { Intake, type Report } from './Intake';
import { Pace } from './Pace';
import type { RunEnd, RunFacts } from './runs/facts';
import { ENGINE, linesOf, tailOf } from './runs/record';
import type { CheckinSettings } from './settings';
import { withoutAbsent } from './withoutAbsent';

/** What is older is no report any more: its run may have left the history. */
const MAX_AGE_MS = 31 * 24 * 3600_000;

const elsewhere = {
  able: false,
  because: 'its own scheduler starts it, and the portal only listens',
  words: { code: 'because-elsewhere', values: {} },
} as const;

/** What a portal can do with jobs that report over HTTP. */
export const CHECKIN_ABILITIES: JobEngine['abilities'] = {
  run: elsewhere,
  cancel: { able: true },
  retry: elsewhere,
  scheduleProof: {
    able: false,
    because: 'a report cannot show who started the run',
    words: { code: 'because-report', values: {} },
  },
  log: { able: true },
  pause: elsewhere,
};

/** What a report of its kind says of a run. */
type FactsOf = (
  body: CheckinBody,
  at: number,
  redact: (text: string) => string,
) => Partial<RunFacts>;

const endOf: FactsOf = (body, at, redact) => {
  const { exitCode, signal, outcome, durationMs, message } = body;
  const end: RunEnd = { at, exitCode, signal, outcome, durationMs };
  if (message) end.message = redact(message);
  return { end: withoutAbsent(end), ...(body.log && { hasTail: true }) };
};

const logOf: FactsOf = ({ text, from }, at, redact) => ({
  lines: Object.fromEntries(
    linesOf(redact(text!)).map((line, i) => [from! + i, [at, line]]),
  ),
});

export interface CheckinEngine extends JobEngine {
  serve(intake: EngineIntake): EngineHandlers;
  /** Ends, as lost, the runs whose end nobody reported in time; for a task. */
  loseOverdue(): Promise<void>;
  /** Forgets what is known of runs that ended long ago; for a task. */
  prune(db: Knex): Promise<void>;
}

/** The engine of jobs that report over HTTP: nothing is carried to them. */
export function createCheckinEngine(
  settings: CheckinSettings,
  entities: Pick<JobEntities, 'known'>,
  now: () => number = Date.now,
): CheckinEngine {
  const pace = new Pace(settings.reportsPerMinute, now);
  let intake: Intake | undefined;

  return {
    name: ENGINE,
    abilities: CHECKIN_ABILITIES,

    serve(portal) {
      intake = new Intake(portal, settings, entities, now);
      const read = (request: EngineRequest, factsOf: FactsOf): Report => {
        const { job } = request.params;
        if (!settings.subjects.has(request.subject ?? '')) {
          throw new NotAllowedError(
            'This token may report for no job: operations.checkin.subjects does not list its subject',
          );
        }
        // nobody uses up what another one may report
        pace.count(job, request.subject!);
        const body = request.body() as CheckinBody;
        const report = reportOf(request, body, portal, now());
        const facts = factsOf(body, report.facts.since, portal.redact);
        return {
          ...report,
          facts: withoutAbsent({ ...report.facts, ...facts }),
        };
      };
      const taking = (factsOf: FactsOf) => async (request: EngineRequest) =>
        intake!.report(read(request, factsOf));
      return {
        'POST /checkin/:job': taking(endOf),
        'POST /checkin/:job/claim': async request => {
          const report = read(request, (_, at) => ({ startedAt: at }));
          const { execution } = request.body() as CheckinBody;
          return intake!.claim(report, execution!);
        },
        'POST /checkin/:job/start': taking((_, at) => ({ startedAt: at })),
        'POST /checkin/:job/progress': taking(({ percent }) => ({ percent })),
        'POST /checkin/:job/log': taking(logOf),
        'POST /checkin/:job/finish': taking(endOf),
      };
    },

    async loseOverdue() {
      await intake?.loseOverdue();
    },

    async prune(db) {
      await intake?.prune(db);
    },
  };
}

/** What all reports have in common. */
function reportOf(
  { params, query, subject, header }: EngineRequest,
  body: CheckinBody,
  portal: EngineIntake,
  receivedAt: number,
): Report {
  const at = momentOf(body, receivedAt);
  const { host, tenant, run, log, logLines } = body;
  const facts = withoutAbsent({ since: at, host, tenant });
  return {
    job: params.job,
    run: run ?? idOf(header(IDEMPOTENCY_KEY_HEADER)),
    subject,
    about: { ...(query as JobFacts), ...factsAbout(body), tenant },
    facts,
    ...(log && { tail: tailOf(portal.redact(log), at, logLines) }),
  };
}

const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;

/** The id of a run that its caller gave none. */
function idOf(key: string | undefined): string {
  return key && SAFE_ID.test(key) ? key : randomUUID();
}

/**
 * When it happened, by the portal's clock. How long ago it was is known exactly from two readings
 * of the caller's clock, however wrong that is.
 * @throws InputError if it was longer ago than anybody keeps a report
 */
function momentOf({ at, sentAt }: CheckinBody, receivedAt: number): number {
  if (at === undefined) return receivedAt;
  const then = Date.parse(at);
  const now = sentAt === undefined ? receivedAt : Date.parse(sentAt);
  const age = Math.max(0, now - then);
  if (age > MAX_AGE_MS)
    throw new InputError('body.at: is more than 31 days ago');
  return receivedAt - age;
}

const ABOUT = [
  'title',
  'description',
  'owner',
  'schedule',
  'timezone',
  'firedBy',
  'graceMinutes',
  'cancellable',
  'limitMinutes',
  'startWithinMinutes',
  'targetMinutes',
  'onCall',
] as const satisfies ReadonlyArray<keyof JobFacts>;

function factsAbout(body: CheckinBody): JobFacts {
  const given = ABOUT.map(name => [name, body[name]]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
