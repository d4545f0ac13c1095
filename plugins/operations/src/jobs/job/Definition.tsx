import CheckCircle from '@material-ui/icons/CheckCircle';
import ErrorIcon from '@material-ui/icons/Error';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { durationText, Facts, Section, styles, tones } from '../../components';
import { missingAbilities } from './abilities';
import { ParametersSchema } from './ParametersSchema';

const useStyles = styles('Definition', theme => ({
  list: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(200px, 1fr))',
    gap: theme.spacing(1, 3),
    margin: 0,
    '& dt': { fontSize: '0.75rem', color: theme.palette.text.secondary },
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
  breached: { color: tones(theme).bad.solid },
}));

/** What the code of a job declares: its promises and whether they hold, limits, and parameters. */
export function Definition({ job }: { job: JobDetail }) {
  const classes = useStyles();
  const missing = job.declared ? missingAbilities(job) : [];
  return (
    <Section title="Definition">
      <Facts
        className={classes.list}
        facts={[
          ['Queue', <code>{job.queue}</code>],
          ['Workers now', <Workers job={job} />],
          ['Attempts', job.attempts],
          ['At once', job.concurrency],
          ['Time limit', job.timeoutMs ? durationText(job.timeoutMs) : 'none'],
          ['Target duration', optionalDuration(job.targetDurationMs)],
          ['Longest wait', optionalDuration(job.maxWaitMs)],
          ['Deepest queue', job.maxQueueDepth],
          ['Missed after', optionalDuration(job.missedAfterMs)],
          ['Failures in a row', job.failureThreshold],
          ['System', job.system],
          ['Lifecycle', job.lifecycle],
        ]}
      />
      {job.sla.rules.length > 0 && (
        <ul className={classes.rules} aria-label="Promises">
          {job.sla.rules.map(rule => (
            <li key={rule.rule}>
              {rule.state === 'ok' ? (
                <CheckCircle className={classes.ok} titleAccess="kept" />
              ) : (
                <ErrorIcon className={classes.breached} titleAccess="broken" />
              )}
              {rule.text}
            </li>
          ))}
        </ul>
      )}
      {missing.length > 0 && (
        <ul className={classes.rules} aria-label="Not possible from here">
          {missing.map(({ what, because }) => (
            <li key={what}>
              {what}: not from here, because {because}
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

/** Clocks that are kept in time differ by a fraction of this. */
const SHOWN_SKEW_MS = 2_000;

/** How many workers there are, and those that are not as they should be. */
function Workers({ job }: { job: JobDetail }) {
  const odd = job.workersNow.filter(
    ({ clockSkewMs = 0, heldBecause }) =>
      Math.abs(clockSkewMs) > SHOWN_SKEW_MS || heldBecause,
  );
  return (
    <>
      {job.workers}
      {odd.map(({ id, host, clockSkewMs = 0, heldBecause }) => (
        <div key={id} title={heldBecause}>
          {host}:{' '}
          {[
            Math.abs(clockSkewMs) > SHOWN_SKEW_MS && skewText(clockSkewMs),
            heldBecause && 'takes no job',
          ]
            .filter(Boolean)
            .join(', ')}
        </div>
      ))}
    </>
  );
}

function skewText(skewMs: number): string {
  const by = durationText(Math.abs(skewMs));
  return `clock ${by} ${skewMs > 0 ? 'ahead' : 'behind'}`;
}

function optionalDuration(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : durationText(ms);
}
