import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { JobSummary } from '@craft-easy/backstage-plugin-operations-common';
import { cards, ellipsis, styles } from '../../components/styles';
import { numberText } from '../../components/format';
import { MiddleTruncate } from '../../components/MiddleTruncate';
import { RelativeTime } from '../../components/RelativeTime';
import { StatusChip } from '../../components/StatusChip';
import { ROW_LINK, type Column } from '../../components/table';
import { tones } from '../../components/tones';
import { JobMarks, NotByHand } from '../Mark';
import { NextRun } from '../NextRun';
import { RunBars } from '../RunBars';
import { RunStatus } from '../runColumns';
import { TargetFigure } from '../TargetFigure';
import type { RunParam } from '../useRunParam';
import { Muted, SecondLine } from '../../components/text';
import { jobMessages, type JobT } from '../messages';

const useStyles = styles('InventoryColumns', theme => ({
  name: {
    display: 'flex',
    alignItems: 'center',
    gap: 6,
    fontWeight: 500,
    minWidth: 0,
  },
  failing: { color: tones(theme).bad.text, fontWeight: 500 },
  owner: {
    display: 'block',
    ...ellipsis,
    // the link is made of boxes, which an ellipsis does not reach
    '& a, & a span': { display: 'inline' },
  },
  // the time below: beside the status there is room for it in some rows only
  last: {
    display: 'inline-flex',
    flexDirection: 'column',
    alignItems: 'flex-start',
    gap: 1,
    [cards]: { flexDirection: 'row', flexWrap: 'wrap', gap: 6 },
  },
}));

/** The columns of the inventory. */
export function inventoryColumns(
  t: JobT,
  options: { jobHref: (job: JobSummary) => string; run: RunParam },
): Array<Column<JobSummary>> {
  return [
    {
      title: t('inventory.columns.job'),
      sort: 'name',
      phone: 'head',
      render: job => <NameCell job={job} href={options.jobHref(job)} />,
    },
    {
      title: t('inventory.columns.owner'),
      width: 100,
      sort: 'owner',
      minWindow: 960,
      render: job => <OwnerCell owner={job.owner} />,
    },
    {
      title: t('inventory.columns.schedule'),
      // as wide as the words and the next time need, where the name of the job leaves so much
      width: 'clamp(190px, calc(100vw - 1140px), 300px)',
      sort: 'nextRun',
      minWindow: 960,
      render: job => <NextRun job={job} />,
    },
    {
      title: t('inventory.columns.recent'),
      width: 162,
      minWindow: 1280,
      render: job => (
        <RunBars
          runs={job.recentRuns}
          of={job.name}
          hrefOf={options.run.hrefOf}
          onOpen={options.run.open}
        />
      ),
    },
    {
      title: t('inventory.columns.lastRun'),
      width: 206,
      sort: 'lastRun',
      firstOrder: 'desc',
      render: job => <LastRunCell job={job} />,
    },
    {
      title: t('inventory.columns.p95'),
      width: 90,
      align: 'right',
      sort: 'duration',
      minWindow: 1280,
      render: job => (
        <TargetFigure ms={job.p95DurationMs} targetMs={job.targetDurationMs} />
      ),
    },
    {
      title: t('inventory.columns.tenants'),
      width: 78,
      align: 'right',
      phone: 'hide',
      minWindow: 1440,
      render: job => <TenantsCell job={job} />,
    },
  ];
}

function OwnerCell({ owner }: { owner: string | undefined }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  if (!owner) return <Muted>{t('facets.noOwner')}</Muted>;
  return (
    <span className={classes.owner}>
      <EntityRefLink entityRef={owner} defaultKind="group" />
    </span>
  );
}

function NameCell({ job, href }: { job: JobSummary; href: string }) {
  const classes = useStyles();
  return (
    <>
      <span className={classes.name}>
        <Link to={href} {...ROW_LINK} style={{ minWidth: 0 }}>
          <MiddleTruncate text={job.name} tail={12} />
        </Link>
        <JobMarks job={job} />
        {!job.manualRun && <NotByHand />}
      </span>
      {(job.title || job.description) && (
        <SecondLine title={job.description}>
          {job.title ?? job.description}
        </SecondLine>
      )}
    </>
  );
}

function LastRunCell({ job }: { job: JobSummary }) {
  const classes = useStyles();
  const { lastRun } = job;
  if (!lastRun) return <StatusChip status="never" />;
  const at = lastRun.endedAt ?? lastRun.startedAt ?? lastRun.queuedAt;
  return (
    <span className={classes.last}>
      <RunStatus run={lastRun} />
      {at && (
        <Muted>
          <RelativeTime at={at} />
        </Muted>
      )}
    </span>
  );
}

function TenantsCell({ job }: { job: JobSummary }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  if (!job.tenantScoped) return <Muted>–</Muted>;
  if (job.failingTenantCount > 0) {
    return (
      <span className={classes.failing}>
        {t('inventory.failing', {
          failing: job.failingTenantCount,
          total: job.tenantCount,
        })}
      </span>
    );
  }
  return <>{numberText(job.tenantCount)}</>;
}
