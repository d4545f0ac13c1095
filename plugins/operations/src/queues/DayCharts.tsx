import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { scaleLinear } from 'd3-scale';
import type {
  QueueHistory,
  QueuePoint,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  clockTime,
  durationText,
  numberText,
  quietText,
  styles,
  tones,
} from '../components';
import { queueMessages } from './messages';

const HEIGHT = 44;

const useStyles = styles('DayCharts', theme => ({
  root: {
    display: 'grid',
    gridTemplateColumns: 'repeat(3, minmax(0, 1fr))',
    gap: theme.spacing(3),
    marginTop: theme.spacing(1),
    [theme.breakpoints.down('sm')]: {
      gridTemplateColumns: 'minmax(0, 1fr)',
      gap: theme.spacing(1),
    },
  },
  head: {
    display: 'flex',
    justifyContent: 'space-between',
    fontSize: '0.75rem',
    color: quietText(theme),
    fontVariantNumeric: 'tabular-nums',
  },
  svg: {
    display: 'block',
    width: '100%',
    height: HEIGHT,
    borderBottom: `1px solid ${theme.palette.divider}`,
  },
  waiting: { fill: tones(theme).warn.solid },
  oldest: { fill: tones(theme).odd.solid },
  ended: { fill: tones(theme).busy.solid },
  // an unknown value is not zero
  unknown: { fill: theme.palette.action.disabledBackground },
}));

/**
 * Three small charts of a day under one time axis, each with its own scale: two scales in one chart
 * are misread. Grey marks the time without samples. The charts are for the eye only; a hidden table
 * has the figures.
 */
export function DayCharts(props: { history: QueueHistory }) {
  const { t } = useTranslationRef(queueMessages);
  const classes = useStyles();
  const { points } = props.history;
  const charts = [
    {
      title: t('charts.waiting'),
      of: (p: QueuePoint) => p.waiting,
      text: (n: number) => numberText(n),
      fill: classes.waiting,
    },
    {
      title: t('charts.oldest'),
      of: (p: QueuePoint) => p.oldestWaitMs,
      text: durationText,
      fill: classes.oldest,
    },
    {
      title: t('charts.ended'),
      of: (p: QueuePoint) => p.ended,
      text: (n: number) => numberText(n),
      fill: classes.ended,
    },
  ];
  return (
    <div className={classes.root} aria-hidden>
      {charts.map(({ title, of, text, fill }) => {
        const top = Math.max(0, ...points.map(of));
        const y = scaleLinear()
          .domain([0, Math.max(1, top)])
          .range([0, HEIGHT - 2]);
        return (
          <div key={title}>
            <div className={classes.head}>
              <span>{title}</span>
              <span>
                {top ? t('charts.max', { max: text(top) }) : t('charts.none')}
              </span>
            </div>
            <svg
              className={classes.svg}
              viewBox={`0 0 ${points.length} ${HEIGHT}`}
              preserveAspectRatio="none"
            >
              <path className={classes.unknown} d={gaps(points)} />
              <path className={fill} d={bars(points, p => y(of(p)))} />
            </svg>
            <div className={classes.head}>
              <span>{clock(points[0])}</span>
              <span>{t('charts.now')}</span>
            </div>
          </div>
        );
      })}
    </div>
  );
}

function clock(point: QueuePoint | undefined): string {
  return point ? clockTime(point.at, Date.now()) : '';
}

/** A bar per point, in one path; each bar is at least a pixel and a half high. */
function bars(points: QueuePoint[], of: (p: QueuePoint) => number): string {
  return points
    .map((point, x) => {
      const height = of(point) && Math.max(1.5, of(point));
      return height ? `M${x},${HEIGHT}v${-height}h1v${height}z` : '';
    })
    .join('');
}

function gaps(points: QueuePoint[]): string {
  return points
    .map((point, x) => (point.sampled ? '' : `M${x},${HEIGHT}v-3h1v3z`))
    .join('');
}
