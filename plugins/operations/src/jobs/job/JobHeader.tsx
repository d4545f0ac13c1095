import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import PlayArrow from '@material-ui/icons/PlayArrow';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { quietText, styles, wrapped } from '../../components/styles';
import { ActionButton } from '../../components/actions';
import { LiveMark } from '../../components/Freshness';
import { CopyButton } from '../../components/MiddleTruncate';
import type { Live } from '@craft-easy/backstage-plugin-operations-react';
import { isFailure } from '../failures';
import { lastRunAction, LastRunButton, type LastRunAction } from '../lastRun';
import { JobMarks, Mark } from '../Mark';
import { NextRun } from '../NextRun';
import { PageOnCall } from '../PageOnCall';
import { isOnlyWatched } from './abilities';
import { reasonMessages } from '../../components/reasons/messages';
import { jobAnswer } from './answer';
import { JobEntity } from './JobEntity';
import { Facts } from '../../components/Facts';
import { jobMessages } from '../messages';
import { commonMessages } from '../../components/messages';

const useStyles = styles('JobHeader', theme => ({
  root: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) auto',
    gap: theme.spacing(0.5, 2),
    [theme.breakpoints.down('xs')]: {
      gridTemplateColumns: 'minmax(0, 1fr)',
    },
  },
  title: {
    ...wrapped,
    gap: theme.spacing(0.5, 1),
    '& h2': {
      margin: 0,
      fontSize: '1.375rem',
      fontWeight: 600,
      overflowWrap: 'anywhere',
    },
  },
  answer: { fontSize: '1rem', margin: theme.spacing(0.25, 0) },
  actions: {
    display: 'flex',
    alignItems: 'flex-start',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
  },
  description: {
    gridColumn: '1 / -1',
    color: quietText(theme),
    maxWidth: '80ch',
    margin: 0,
  },
  facts: {
    gridColumn: '1 / -1',
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 4),
    margin: theme.spacing(1, 0, 0),
    '& dt': { fontSize: '0.75rem', color: quietText(theme) },
    '& > *': { minWidth: 0, maxWidth: '100%' },
    // there is room for all of it, on further lines; a name may be longer than a line
    '& dd': {
      margin: 0,
      overflowWrap: 'anywhere',
      '& *': { whiteSpace: 'normal', minWidth: 0 },
    },
  },
  marks: {
    gridColumn: '1 / -1',
    display: 'flex',
    flexWrap: 'wrap',
    gap: 6,
    marginTop: theme.spacing(0.5),
  },
}));

/**
 * The head of a job's page: its name, its state, its contract at a glance, owner, schedule, and
 * actions.
 */
export function JobHeader(props: {
  job: JobDetail;
  live: Live<JobDetail>;
  embedded?: boolean;
  onRun: () => void;
  onLastRun: (action: LastRunAction) => void;
}) {
  const { t } = useTranslationRef(jobMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const { t: reasons } = useTranslationRef(reasonMessages);
  const classes = useStyles();
  const { job } = props;
  const { lastRun, manualRun, onCall } = job;
  const toPage = !manualRun && isFailure(lastRun?.status) ? onCall : undefined;
  return (
    <header className={classes.root}>
      <div>
        <div className={classes.title}>
          <h2>{job.name}</h2>
          <CopyButton text={job.name} label={t('header.copyName')} />
          <LiveMark of={props.live} />
        </div>
        <p className={classes.answer} aria-live="polite">
          {jobAnswer(t, common, reasons, job)}
        </p>
      </div>
      <div className={classes.actions}>
        {toPage && <PageOnCall contact={toPage} size="medium" />}
        <LastRunButton
          job={job}
          onClick={props.onLastRun}
          rank="primary"
          size="medium"
        />
        <ActionButton
          capability={job.actions.run}
          label={t('page.runNamed', { job: job.name })}
          rank={lastRunAction(job) === 'retry' ? 'secondary' : 'primary'}
          size="medium"
          icon={<PlayArrow />}
          onClick={props.onRun}
        >
          {t('page.run')}
        </ActionButton>
      </div>
      {job.description && (
        <p className={classes.description}>{job.description}</p>
      )}
      <div className={classes.marks}>
        <ContractMarks job={job} />
      </div>
      <Facts
        className={classes.facts}
        facts={[
          [
            t('header.owner'),
            job.owner ? (
              <EntityRefLink entityRef={job.owner} defaultKind="group" />
            ) : (
              t('facets.noOwner')
            ),
          ],
          [t('header.schedule'), <NextRun job={job} />],
          [
            t('header.onCall'),
            job.onCall && <Link to={job.onCall.url}>{job.onCall.title}</Link>,
          ],
          [t('header.catalog'), !props.embedded && <JobEntity job={job} />],
          [
            t('header.links'),
            job.links.length > 0 &&
              job.links.map((link, index) => (
                <span key={link.url}>
                  {index > 0 && ' · '}
                  <Link to={link.url}>{link.title}</Link>
                </span>
              )),
          ],
        ]}
      />
    </header>
  );
}

function ContractMarks({ job }: { job: JobDetail }) {
  const { t } = useTranslationRef(jobMessages);
  const cancellable = job.cancellable ? 'cancellable' : 'notCancellable';
  return (
    <>
      <JobMarks job={job} tone="warn" />
      {isOnlyWatched(job) && (
        <Mark
          text={t('marks.onlyWatched.text')}
          tone="warn"
          title={t('marks.onlyWatched.title')}
        />
      )}
      {!job.manualRun && (
        <Mark
          text={t('marks.notSafe.text')}
          tone="warn"
          title={t('marks.notSafe.title')}
        />
      )}
      <Mark
        text={t(`marks.${cancellable}.text`)}
        title={t(`marks.${cancellable}.title`)}
      />
      {job.tenantScoped && (
        <Mark
          text={t('marks.perTenant.text')}
          title={t('marks.perTenant.title', { count: job.tenantCount })}
        />
      )}
      {job.supportsDryRun && (
        <Mark text={t('marks.dryRun.text')} title={t('marks.dryRun.title')} />
      )}
      {job.supportsTimeRange && (
        <Mark
          text={t('marks.timeRange.text')}
          title={t('marks.timeRange.title')}
        />
      )}
      {job.tags.map(tag => (
        <Mark key={tag} text={t('marks.tag', { tag })} />
      ))}
    </>
  );
}
