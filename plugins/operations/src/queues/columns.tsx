import type { ReactNode } from 'react';
import { Link } from '@backstage/core-components';
import Typography from '@material-ui/core/Typography';
import type {
  Compliance,
  ServiceLevel,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { ROW_LINK, type Column } from '../components/table';
import { durationText } from '../components/time';
import { TargetFigure } from '../jobs/TargetFigure';
import { counted } from '../components/words';
import { shareText } from './words';

/** The columns of the service levels, in the order in which an operator asks. */
export function levelColumns(props: {
  jobHref: (job: JobKey) => string;
}): Array<Column<ServiceLevel>> {
  const figure = (
    id: string,
    title: string,
    of: (queue: NonNullable<ServiceLevel['queue']>) => ReactNode,
    more: Partial<Column<ServiceLevel>> = {},
  ): Column<ServiceLevel> => ({
    id,
    title,
    align: 'right',
    render: level => (level.queue ? of(level.queue) : '–'),
    ...more,
  });
  return [
    {
      id: 'job',
      title: 'Job',
      phone: 'head',
      render: level => (
        <Link to={props.jobHref(level)} {...ROW_LINK}>
          <MiddleTruncate text={level.title ?? level.name} />
        </Link>
      ),
    },
    figure('waiting', 'Waiting', q => <Count of={q.waiting} />),
    figure('active', 'Active', q => <Count of={q.active} />),
    figure('delayed', 'Delayed', q => <Count of={q.delayed} />, {
      phone: 'hide',
      minWindow: 1280,
    }),
    figure('oldest', 'Oldest wait', q =>
      q.oldestWaitMs === undefined ? '–' : durationText(q.oldestWaitMs),
    ),
    figure('workers', 'Workers', q => <Count of={q.workers} />),
    figure(
      'ended',
      'Ended',
      q => (
        <>
          {q.endedLastHour.toLocaleString()} in 1 h
          <Typography
            variant="caption"
            component="div"
            color="textSecondary"
            noWrap
          >
            {q.endedLastDay.toLocaleString()} in 24 h
          </Typography>
        </>
      ),
      { minWindow: 960 },
    ),
    {
      id: 'p50',
      title: 'p50',
      align: 'right',
      minWindow: 1280,
      phone: 'hide',
      render: level =>
        level.p50DurationMs === undefined
          ? '–'
          : durationText(level.p50DurationMs),
    },
    {
      id: 'p95',
      title: 'p95',
      align: 'right',
      render: level => (
        <TargetFigure
          ms={level.p95DurationMs}
          targetMs={level.targetDurationMs}
        />
      ),
    },
    {
      id: 'days7',
      title: 'Met, 7 days',
      align: 'right',
      render: level => <Share of={level.days7} />,
    },
    {
      id: 'days30',
      title: '30 days',
      align: 'right',
      render: level => <Share of={level.days30} />,
    },
  ];
}

/** zero is quiet */
function Count(props: { of: number }) {
  return (
    <Typography
      variant="inherit"
      component="span"
      color={props.of ? 'inherit' : 'textSecondary'}
    >
      {props.of.toLocaleString()}
    </Typography>
  );
}

/** The share, with its number of runs on hover: a hundred percent of two runs says little. */
function Share(props: { of: Compliance }) {
  const { runs, met } = props.of;
  const title = runs
    ? `${met.toLocaleString()} of ${counted(
        runs,
        'run',
      )} succeeded within what the job declares`
    : 'no runs';
  return <span title={title}>{shareText(props.of)}</span>;
}
