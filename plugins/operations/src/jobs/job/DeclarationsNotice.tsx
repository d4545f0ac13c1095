import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { listText, RelativeTime } from '../../components';
import { styles, tinted } from '../../components/styles';
import { jobMessages, type JobT } from '../messages';

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
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const { declarations } = job;
  if (declarations.length < 2) return null;
  const guards = declarations.some(({ manualRun }) => !manualRun);
  const [inForce, ...others] = declarations;
  return (
    <aside className={classes.root} aria-label={t('declarations.label')}>
      <p>
        <strong>
          {t('declarations.alive', { count: declarations.length })}
        </strong>{' '}
        {t('declarations.newest')}
        {guards && inForce.manualRun && ` ${t('declarations.guard')}`}
      </p>
      <ul>
        <li>{t('declarations.inForce', factsOf(t, inForce))}</li>
        {others.map(other => (
          <li key={`${other.version} ${other.announcedAt}`}>
            {other.differsIn.length > 0
              ? t('declarations.differs', {
                  ...factsOf(t, other),
                  fields: listText(
                    other.differsIn.map(f => FIELD_NAMES[f] ?? f),
                  ),
                })
              : t('declarations.differsInVersion', factsOf(t, other))}
          </li>
        ))}
      </ul>
    </aside>
  );
}

function factsOf(t: JobT, { version, announcedAt, workers }: Declaration) {
  return {
    name: version
      ? t('declarations.version', { version })
      : t('declarations.unversioned'),
    time: <RelativeTime at={announcedAt} />,
    workers: t('declarations.workers', { count: workers }),
  };
}
