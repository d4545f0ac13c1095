import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import Typography from '@material-ui/core/Typography';
import type {
  Compliance,
  ServiceLevel,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { Duration } from '../components/Duration';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { styles } from '../components/styles';
import { ROW_LINK, type Column } from '../components/table';
import { Percentile, TargetFigure } from '../jobs/TargetFigure';
import { shareText } from './figures';
import { queueMessages, type QueueT } from './messages';
import { numberText } from '../components/format';

const useStyles = styles('QueueColumns', {
  // cut where it lacks room; of its own it asks for no more than makes a name known
  job: { width: 0, minWidth: 'max(9em, 100%)' },
});

/** The columns of the service levels, in the order in which an operator asks. */
export function levelColumns(
  t: QueueT,
  props: {
    jobHref: (job: JobKey) => string;
    /** whether the viewer may see how the queues stand */
    queues: boolean;
  },
): Array<Column<ServiceLevel>> {
  const figure = (
    title: string,
    of: (queue: NonNullable<ServiceLevel['queue']>) => ReactNode,
    more: Partial<Column<ServiceLevel>> = {},
  ): Column<ServiceLevel> => ({
    title,
    align: 'right',
    render: level => (level.queue ? of(level.queue) : '–'),
    ...more,
  });
  const queues = [
    figure(t('columns.waiting'), q => <Count of={q.waiting} />),
    figure(t('columns.active'), q => <Count of={q.active} />),
    figure(t('columns.delayed'), q => <Count of={q.delayed} />, {
      phone: 'hide',
      minWindow: 1280,
    }),
    figure(t('columns.oldest'), q => <Duration ms={q.oldestWaitMs} />),
    figure(t('columns.workers'), q => <Count of={q.workers} />),
    figure(
      t('columns.ended'),
      q => (
        <>
          {t('ended.hour', { n: q.endedLastHour })}
          <Typography
            variant="caption"
            component="div"
            color="textSecondary"
            noWrap
          >
            {t('ended.day', { n: q.endedLastDay })}
          </Typography>
        </>
      ),
      { minWindow: 960 },
    ),
  ];
  return [
    {
      title: t('columns.job'),
      // what the figures leave, which differs by language
      width: '100%',
      phone: 'head',
      render: level => <JobCell level={level} href={props.jobHref(level)} />,
    },
    ...(props.queues ? queues : []),
    {
      title: t('columns.p50'),
      align: 'right',
      minWindow: 1280,
      phone: 'hide',
      render: level => <Percentile ms={level.p50DurationMs} />,
    },
    {
      title: t('columns.p95'),
      align: 'right',
      render: level => (
        <TargetFigure
          ms={level.p95DurationMs}
          targetMs={level.targetDurationMs}
        />
      ),
    },
    {
      title: t('columns.days7'),
      align: 'right',
      render: level => <Share of={level.days7} />,
    },
    {
      title: t('columns.days30'),
      align: 'right',
      render: level => <Share of={level.days30} />,
    },
  ];
}

function JobCell({ level, href }: { level: ServiceLevel; href: string }) {
  const classes = useStyles();
  return (
    <div className={classes.job}>
      <Link to={href} {...ROW_LINK}>
        <MiddleTruncate text={level.title ?? level.name} />
      </Link>
    </div>
  );
}

/** zero is quiet */
function Count(props: { of: number }) {
  return (
    <Typography
      variant="inherit"
      component="span"
      color={props.of ? 'inherit' : 'textSecondary'}
    >
      {numberText(props.of)}
    </Typography>
  );
}

/** The share, with its number of runs: a hundred percent of two runs says little. */
function Share(props: { of: Compliance }) {
  const { t } = useTranslationRef(queueMessages);
  const { runs, met } = props.of;
  if (!runs) return <>{t('share.none')}</>;
  return (
    <>
      {shareText(t, props.of)}
      <Typography
        variant="caption"
        component="div"
        color="textSecondary"
        noWrap
      >
        {t('share.met', { met, count: runs })}
      </Typography>
    </>
  );
}
