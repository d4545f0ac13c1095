import { Link } from '@backstage/core-components';
import PlayArrow from '@material-ui/icons/PlayArrow';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { parseEntityRef } from '@backstage/catalog-model';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { styles, wrapped } from '../../components/styles';
import { ActionButton } from '../../components/actions';
import { LiveMark } from '../../components/Freshness';
import { CopyButton } from '../../components/MiddleTruncate';
import type { Live } from '../../hooks/useLive';
import { JobMarks, Mark } from '../Mark';
import { NextRun } from '../NextRun';
import { isOnlyWatched } from './abilities';
import { jobAnswer } from './answer';
import { Facts } from '../../components/Facts';

const useStyles = styles('JobHeader', theme => ({
  root: {
    display: 'grid',
    gridTemplateColumns: '1fr auto',
    gap: theme.spacing(0.5, 2),
    [theme.breakpoints.down('xs')]: { gridTemplateColumns: '1fr' },
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
    gap: theme.spacing(1),
  },
  description: {
    gridColumn: '1 / -1',
    color: theme.palette.text.secondary,
    maxWidth: '80ch',
    margin: 0,
  },
  facts: {
    gridColumn: '1 / -1',
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 4),
    margin: theme.spacing(1, 0, 0),
    '& dt': { fontSize: '0.75rem', color: theme.palette.text.secondary },
    '& dd': { margin: 0 },
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
}) {
  const classes = useStyles();
  const { job } = props;
  return (
    <header className={classes.root}>
      <div>
        <div className={classes.title}>
          <h2>{job.name}</h2>
          <CopyButton text={job.name} label="Copy job name" />
          <LiveMark of={props.live} />
        </div>
        <p className={classes.answer} aria-live="polite">
          {jobAnswer(job)}
        </p>
      </div>
      <div className={classes.actions}>
        <ActionButton
          capability={job.actions.run}
          label={`Run ${job.name}`}
          primary
          size="medium"
          icon={<PlayArrow />}
          onClick={props.onRun}
        >
          Run
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
            'Owner',
            job.owner ? (
              <EntityRefLink entityRef={job.owner} defaultKind="group" />
            ) : (
              'nobody'
            ),
          ],
          ['Schedule', <NextRun job={job} />],
          [
            'On call',
            job.onCall && <Link to={job.onCall.url}>{job.onCall.title}</Link>,
          ],
          [
            'In the catalog',
            !props.embedded && (
              <EntityRefLink
                entityRef={job.entityRef}
                title={parseEntityRef(job.entityRef).name}
              />
            ),
          ],
          [
            'Links',
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
  return (
    <>
      <JobMarks job={job} tone="warn" />
      {isOnlyWatched(job) && (
        <Mark
          text="only watched"
          tone="warn"
          title="It cannot be run, cancelled or retried from here: see its definition."
        />
      )}
      {!job.manualRun && (
        <Mark
          text="not safe to re-run"
          tone="warn"
          title="Its contract forbids runs by hand and retries."
        />
      )}
      <Mark
        text={job.cancellable ? 'cancellable' : 'not cancellable'}
        title={
          job.cancellable
            ? 'A running run stops when asked.'
            : 'Once running it cannot be stopped; a queued run can be removed.'
        }
      />
      {job.tenantScoped && (
        <Mark
          text="per tenant"
          title={`A run for each of ${job.tenantCount} tenants.`}
        />
      )}
      {job.supportsDryRun && (
        <Mark
          text="dry run"
          title="Can be tried out without changing anything."
        />
      )}
      {job.supportsTimeRange && (
        <Mark
          text="time range"
          title="Can be run for a span of time of one's choice."
        />
      )}
      {job.tags.map(tag => (
        <Mark key={tag} text={`#${tag}`} />
      ))}
    </>
  );
}
