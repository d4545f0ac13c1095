import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { counted, RelativeTime } from '../../components';
import { styles, tinted } from '../../components/styles';

const useStyles = styles('DeclarationsNotice', theme => ({
  root: {
    padding: theme.spacing(1.25, 2),
    borderRadius: theme.shape.borderRadius,
    ...tinted(theme, 'warn'),
    '& p': { margin: 0 },
    '& ul': {
      margin: theme.spacing(0.5, 0, 0),
      paddingLeft: theme.spacing(2.5),
    },
  },
}));

type Declaration = JobDetail['declarations'][number];

/** Names of fields, as code declares them. */
const FIELD_NAMES: Record<string, string> = {
  parametersSchema: 'parameters',
  targetDurationMs: 'targetDuration',
  maxWaitMs: 'maxWait',
  missedAfterMs: 'missedAfter',
  startWithinMs: 'startWithin',
  timeoutMs: 'timeout',
};

/** Says that workers of several versions are alive, which one counts, and how the others differ. */
export function DeclarationsNotice({ job }: { job: JobDetail }) {
  const classes = useStyles();
  const { declarations } = job;
  if (declarations.length < 2) return null;
  const guards = declarations.some(({ manualRun }) => !manualRun);
  const [inForce, ...others] = declarations;
  return (
    <aside className={classes.root} aria-label="Declarations alive">
      <p>
        <strong>
          {counted(declarations.length, 'declaration')} of this job are alive.
        </strong>{' '}
        The newest is in force; workers with another one take no run of it.
        {guards &&
          inForce.manualRun &&
          ' As long as one of them forbids manual runs, Run and Retry stay off.'}
      </p>
      <ul>
        <li>
          {nameOf(inForce)}, in force, {announced(inForce)}
        </li>
        {others.map(other => (
          <li key={`${other.version} ${other.announcedAt}`}>
            {nameOf(other)}, {announced(other)}, differs in{' '}
            {other.differsIn.map(f => FIELD_NAMES[f] ?? f).join(', ') ||
              'its version only'}
          </li>
        ))}
      </ul>
    </aside>
  );
}

function nameOf({ version }: Declaration): string {
  return version ? `Version ${version}` : 'One without a version';
}

function announced({ announcedAt, workers }: Declaration) {
  return (
    <>
      <RelativeTime at={announcedAt} say={time => `announced ${time}`} /> (
      {counted(workers, 'worker')})
    </>
  );
}
