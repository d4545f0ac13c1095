import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import type { Run } from '@craft-easy/backstage-plugin-operations-common';
import { LateTooltip } from '../components/LateTooltip';
import { ellipsis, styles } from '../components/styles';
import { Duration } from '../components/Duration';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { useMade } from '../components/Outcomes';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { StatusChip } from '../components/StatusChip';
import { ROW_LINK, type Column } from '../components/table';
import {
  absoluteTime,
  clockTime,
  sameClock,
  tickTime,
  viewerZone,
} from '../components/time';
import { tones } from '../components/tones';
import { shownZone, zonePlace } from '../components/zone';
import { useNow } from '../hooks/useNow';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { Mark } from './Mark';
import { Unsigned } from './Unsigned';
import type { RunParam } from './useRunParam';
import { Muted } from '../components/text';
import { jobMessages, type JobT } from './messages';

const useStyles = styles('RunColumns', theme => ({
  error: {
    color: tones(theme).bad.text,
    fontSize: '0.8125rem',
    maxWidth: '46ch',
    ...ellipsis,
  },
  slot: {
    fontVariantNumeric: 'tabular-nums',
    [theme.breakpoints.up('sm')]: { whiteSpace: 'nowrap' },
  },
}));

/** The columns of a list of runs. */
export function runColumns(
  t: JobT,
  options: {
    run: RunParam;
    /** the list is of several jobs */
    withJob?: boolean;
    /** the job runs for tenants */
    withTenant?: boolean;
    zone?: string;
  },
): Array<Column<Run>> {
  const { run: param, withJob, withTenant = true, zone } = options;
  const columns: Array<Column<Run> | false | undefined> = [
    {
      title: t('runs.columns.status'),
      width: 150,
      phone: 'head',
      render: run => <RunStatus run={run} />,
    },
    withJob && {
      title: t('runs.columns.job'),
      render: run => <JobCell run={run} />,
    },
    {
      title: t('runs.columns.run'),
      render: run => (
        <RunCell run={run} href={param.hrefOf(run.id)} zone={zone} />
      ),
    },
    {
      title: t('runs.columns.started'),
      render: run => <StartedCell run={run} zone={zone} />,
    },
    {
      title: t('runs.columns.duration'),
      align: 'right',
      render: run => (
        <Duration
          ms={run.durationMs}
          since={run.startedAt}
          until={run.endedAt}
        />
      ),
    },
    {
      title: t('runs.columns.exit'),
      align: 'right',
      minWindow: 960,
      phone: 'hide',
      render: run => run.exitCode ?? '–',
    },
    {
      title: t('runs.columns.trigger'),
      minWindow: 960,
      phone: 'hide',
      render: run => <TriggerCell run={run} />,
    },
    withTenant && {
      title: t('runs.columns.tenant'),
      render: run => run.tenant ?? '–',
    },
    // beside a column of jobs there is less room
    !withJob && {
      title: t('runs.columns.attempt'),
      align: 'right',
      minWindow: 1280,
      phone: 'hide',
      render: run => run.attempt,
    },
  ];
  return columns.filter(column => !!column);
}

/** The status of a run, with its progress while it runs. */
export function RunStatus(props: { run: Pick<Run, 'status' | 'progress'> }) {
  const { t } = useTranslationRef(jobMessages);
  const { status, progress } = props.run;
  const running = status === 'running' && progress !== undefined;
  return (
    <StatusChip
      status={status}
      text={
        running
          ? t('runs.running', { percent: Math.round(progress) })
          : undefined
      }
    />
  );
}

/** The time for which a run was scheduled names it; its id is for its page. */
function RunCell(props: { run: Run; href: string; zone?: string }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const { run, href } = props;
  const made = useMade();
  return (
    <>
      <span style={{ display: 'inline-flex', alignItems: 'center', gap: 6 }}>
        <Link to={href} {...ROW_LINK} className={classes.slot}>
          <SlotTime run={run} zone={props.zone} />
        </Link>
        {made.has(run.id) && (
          <Mark text={t('runs.yours')} title={t('runs.yoursTitle')} />
        )}
        {run.dryRun && (
          <Mark text={t('marks.dryRun.text')} title={t('run.dryRun')} />
        )}
        {run.recovered && (
          <Mark
            text={t('runs.recovered')}
            title={t('runs.recoveredTitle')}
            tone="good"
          />
        )}
        {run.retriedBy && !run.recovered && (
          <Mark
            text={t('runs.retried')}
            title={t('runs.retriedBy', { run: run.retriedBy })}
          />
        )}
      </span>
      {run.errorMessage && (
        <div className={classes.error} title={run.errorMessage}>
          {run.errorMessage}
        </div>
      )}
    </>
  );
}

function SlotTime({ run, zone }: { run: Run; zone?: string }) {
  const { t } = useTranslationRef(jobMessages);
  const now = useNow(60_000);
  const at = run.scheduledFor ?? run.queuedAt ?? run.startedAt;
  if (!at) return <MiddleTruncate text={run.id} mono tail={6} />;
  const other = zone !== undefined && !sameClock(at, zone, viewerZone());
  const shown = shownZone(zone);
  const time =
    other && shown === zone
      ? `${tickTime(at, now, { zone })} ${zonePlace(zone)}`
      : clockTime(at, now, { zone: shown });
  return (
    <LateTooltip
      title={
        <>
          {absoluteTime(at)}
          {other && <div>{absoluteTime(at, zone)}</div>}
        </>
      }
    >
      <time dateTime={at}>
        {run.scheduledFor ? time : t('runs.unscheduled', { time })}
      </time>
    </LateTooltip>
  );
}

function JobCell({ run }: { run: Run }) {
  const links = useLinks();
  return (
    <Link to={links.jobHref({ engine: run.engine, name: run.jobName })}>
      <MiddleTruncate text={run.jobName} tail={12} />
    </Link>
  );
}

function StartedCell({ run, zone }: { run: Run; zone?: string }) {
  const { t } = useTranslationRef(jobMessages);
  if (run.startedAt) return <RelativeTime at={run.startedAt} zone={zone} />;
  if (!run.queuedAt) return <>–</>;
  return (
    <Muted>
      <RelativeTime
        at={run.queuedAt}
        zone={zone}
        say={time => t('runs.queued', { time })}
      />
    </Muted>
  );
}

function TriggerCell({ run }: { run: Run }) {
  const { t } = useTranslationRef(jobMessages);
  return (
    <span style={{ whiteSpace: 'nowrap' }} title={run.reason}>
      {t(`trigger.${run.trigger}`)}
      {run.triggeredBy && (
        <Muted>
          {' · '}
          <Person of={run.triggeredBy} />
        </Muted>
      )}{' '}
      <Unsigned run={run} />
    </span>
  );
}
