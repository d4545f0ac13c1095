import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { scaleLinear } from 'd3-scale';
import type { TrendDay } from '@craft-easy/backstage-plugin-operations-common/internal';
import { durationText, quietText, styles, tones } from '../../components';
import { jobMessages } from '../messages';
import { percentileText } from '../percentile';

const HEIGHT = 48;

const useStyles = styles('DurationLines', theme => ({
  root: {
    position: 'relative',
    height: HEIGHT,
    marginTop: 10,
    pointerEvents: 'none',
  },
  svg: { width: '100%', height: '100%', overflow: 'visible' },
  p95: { stroke: tones(theme).busy.solid },
  p50: { stroke: tones(theme).busy.solid, opacity: 0.5 },
  target: { stroke: tones(theme).bad.solid, strokeDasharray: '4 4' },
  label: {
    position: 'absolute',
    textAlign: 'right',
    transform: 'translateY(-50%)',
    fontSize: '0.6875rem',
    color: quietText(theme),
    whiteSpace: 'nowrap',
  },
  what: { [theme.breakpoints.down('xs')]: { display: 'none' } },
  legend: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 1.5),
    fontSize: '0.6875rem',
    color: quietText(theme),
    '& svg': {
      width: 16,
      height: 6,
      marginRight: 3,
      verticalAlign: 'middle',
    },
  },
}));

/**
 * p50 and p95 of the durations per day, and the target, on their own scale below the counts: two
 * scales in one chart are misread. The lines are for the eye only; a hidden table has the figures.
 */
export function DurationLines(props: {
  days: TrendDay[];
  targetMs?: number;
  /** room at the left for the figures, in px */
  gutter: number;
}) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const { days, targetMs, gutter } = props;
  const longest = Math.max(
    0,
    ...days.map(day => day.p95DurationMs ?? day.p50DurationMs ?? 0),
  );
  if (longest === 0) return null;
  const top = Math.max(longest, targetMs ?? 0);
  const y = scaleLinear().domain([0, top]).range([HEIGHT, 2]);
  const lines = {
    target: targetMs === undefined ? '' : `M0,${y(targetMs)}H${days.length}`,
    p50: path(days, day => day.p50DurationMs, y),
    p95: path(days, day => day.p95DurationMs, y),
  };
  return (
    <div className={classes.root} aria-hidden>
      <svg
        className={classes.svg}
        viewBox={`0 0 ${days.length} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        {Object.entries(lines).map(([name, d]) => (
          <path
            key={name}
            className={classes[name as keyof typeof lines]}
            d={d}
            fill="none"
            strokeWidth={1.5}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <span
        className={classes.label}
        style={{ top: y(longest), left: -gutter, width: gutter - 6 }}
      >
        {percentileText(t, longest)}
      </span>
    </div>
  );
}

/** The legend of the lines; nothing where there are none. */
export function DurationLegend(props: { days: TrendDay[]; targetMs?: number }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  if (!props.days.some(day => day.p50DurationMs !== undefined)) return null;
  return (
    <span className={classes.legend}>
      <span className={classes.what}>{t('trend.legend.duration')}</span>
      <Legend className={classes.p50} text={t('trend.legend.p50')} />
      <Legend className={classes.p95} text={t('trend.legend.p95')} />
      {props.targetMs !== undefined && (
        <Legend
          className={classes.target}
          text={t('trend.legend.target', {
            duration: durationText(props.targetMs),
          })}
        />
      )}
    </span>
  );
}

function Legend(props: { className: string; text: string }) {
  return (
    <span>
      <svg viewBox="0 0 16 6">
        <path d="M0,3H16" className={props.className} strokeWidth={2} />
      </svg>
      {props.text}
    </span>
  );
}

/** A line that breaks where a day has no runs, with a short dash for a day that stands alone. */
function path(
  days: TrendDay[],
  of: (day: TrendDay) => number | undefined,
  y: (value: number) => number,
): string {
  let d = '';
  let drawing = false;
  days.forEach((day, index) => {
    const value = of(day);
    if (value === undefined) {
      drawing = false;
      return;
    }
    const x = index + 0.5;
    const alone =
      !drawing &&
      (days[index + 1] === undefined || of(days[index + 1]) === undefined);
    d += alone
      ? `M${x - 0.2},${y(value)}H${x + 0.2}`
      : `${drawing ? 'L' : 'M'}${x},${y(value)}`;
    drawing = true;
  });
  return d;
}
