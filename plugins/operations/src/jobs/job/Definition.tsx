import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import CheckCircle from '@material-ui/icons/CheckCircle';
import ErrorIcon from '@material-ui/icons/Error';
import ReportProblem from '@material-ui/icons/ReportProblem';
import type {
  JobBadge,
  JobDetail,
  Sla,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  absoluteTime,
  durationText,
  Facts,
  quietText,
  Section,
  styles,
  tones,
} from '../../components';
import { CopyButton } from '../../components/MiddleTruncate';
import { reasonMessages } from '../../components/reasons/messages';
import { promiseText } from '../../components/reasons/words';
import { shownZone } from '../../components/zone';
import { scheduleSource, scheduleZone } from '../schedule';
import { missingAbilities } from './abilities';
import { ParametersSchema } from './ParametersSchema';
import { jobMessages, type JobT } from '../messages';

const useStyles = styles('Definition', theme => ({
  list: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(200px, 1fr))',
    gap: theme.spacing(1, 3),
    margin: 0,
    '& dt': { fontSize: '0.75rem', color: quietText(theme) },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  },
  rules: {
    listStyle: 'none',
    margin: theme.spacing(1.5, 0, 0),
    padding: 0,
    '& li': { display: 'flex', alignItems: 'center', gap: 6 },
    '& svg': { fontSize: 16 },
  },
  ok: { color: tones(theme).good.solid },
  near: { color: tones(theme).warn.solid },
  breached: { color: tones(theme).bad.solid },
}));

/** What the code of a job declares: its promises and whether they hold, limits, and parameters. */
export function Definition({ job }: { job: JobDetail }) {
  const { t } = useTranslationRef(jobMessages);
  const { t: reasons } = useTranslationRef(reasonMessages);
  const classes = useStyles();
  const source = scheduleSource(job.schedule);
  const missing = job.declared ? missingAbilities(t, reasons, job) : [];
  return (
    <Section title={t('definition.title')}>
      <Facts
        className={classes.list}
        facts={[
          [t('definition.schedule'), source && <code>{source}</code>],
          [
            t('definition.nextRuns'),
            job.nextRuns.length > 0 &&
              job.nextRuns.map(at => (
                <div key={at}>
                  {absoluteTime(at, shownZone(scheduleZone(job.schedule)))}
                </div>
              )),
          ],
          [t('definition.queue'), job.queue && <code>{job.queue}</code>],
          [
            t('definition.workers'),
            job.workers !== undefined && <Workers job={job} />,
          ],
          [t('definition.attempts'), job.attempts],
          [t('definition.concurrency'), job.concurrency],
          [
            t('definition.timeLimit'),
            job.timeoutMs
              ? durationText(job.timeoutMs)
              : t('definition.noLimit'),
          ],
          [t('definition.target'), optionalDuration(job.targetDurationMs)],
          [t('definition.maxWait'), optionalDuration(job.maxWaitMs)],
          [t('definition.maxDepth'), job.maxQueueDepth],
          [t('definition.missedAfter'), optionalDuration(job.missedAfterMs)],
          [t('definition.failuresInARow'), job.failureThreshold],
          [t('definition.system'), job.system],
          [t('definition.lifecycle'), job.lifecycle],
          [
            t('definition.badge'),
            job.badge && <Badge job={job} at={job.badge} />,
          ],
        ]}
      />
      {job.sla.rules.length > 0 && (
        <ul className={classes.rules} aria-label={t('definition.promises')}>
          {job.sla.rules.map(rule => (
            <li key={rule.rule}>
              <PromiseSign state={rule.state} />
              {promiseText(reasons, rule)}
            </li>
          ))}
        </ul>
      )}
      {missing.length > 0 && (
        <ul className={classes.rules} aria-label={t('abilities.label')}>
          {missing.map(({ what, because }) => (
            <li key={what}>
              {t('abilities.missing', { ability: what, because })}
            </li>
          ))}
        </ul>
      )}
      {job.parametersSchema && (
        <ParametersSchema schema={job.parametersSchema} />
      )}
    </Section>
  );
}

/** Where the badge is, for pages outside the portal. */
function Badge(props: { job: JobDetail; at: JobBadge }) {
  const { t } = useTranslationRef(jobMessages);
  const { job, at } = props;
  return (
    <>
      <Link to={at.svg}>{t('definition.badgeImage')}</Link>
      <CopyButton
        text={`![${job.name}](${at.svg})`}
        label={t('definition.badgeCopy')}
      />
      <br />
      <Link to={at.json}>{t('definition.badgeData')}</Link>
    </>
  );
}

/** Whether a promise is kept, as a sign. */
function PromiseSign(props: { state: Sla['rules'][number]['state'] }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const { state } = props;
  const Sign = { ok: CheckCircle, near: ReportProblem, breached: ErrorIcon }[
    state
  ];
  return (
    <Sign
      className={classes[state]}
      titleAccess={t(`definition.promise.${state}`)}
    />
  );
}

/** Clocks that are kept in time differ by a fraction of this. */
const SHOWN_SKEW_MS = 2_000;

/** How many workers there are, and those that are not as they should be. */
function Workers({ job }: { job: JobDetail }) {
  const { t } = useTranslationRef(jobMessages);
  const odd = job.workersNow.filter(
    ({ clockSkewMs = 0, heldBecause }) =>
      Math.abs(clockSkewMs) > SHOWN_SKEW_MS || heldBecause,
  );
  return (
    <>
      {job.workers}
      {odd.map(({ id, host, clockSkewMs = 0, heldBecause }) => (
        <div key={id} title={heldBecause}>
          {t('definition.workerState', {
            host,
            state: [
              Math.abs(clockSkewMs) > SHOWN_SKEW_MS && skewText(t, clockSkewMs),
              heldBecause && t('definition.takesNoJobs'),
            ]
              .filter(Boolean)
              .join(', '),
          })}
        </div>
      ))}
    </>
  );
}

function skewText(t: JobT, skewMs: number): string {
  const duration = durationText(Math.abs(skewMs));
  return skewMs > 0
    ? t('definition.clockAhead', { duration })
    : t('definition.clockBehind', { duration });
}

function optionalDuration(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : durationText(ms);
}
