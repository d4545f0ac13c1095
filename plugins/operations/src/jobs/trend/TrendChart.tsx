import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Tooltip from '@material-ui/core/Tooltip';
import { scaleLinear } from 'd3-scale';
import type { TrendDay } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  dayText,
  numberText,
  quietText,
  styles,
  tones,
} from '../../components';
import { moveFocus } from '../../components/moveFocus';
import { useStatusFill } from '../../components/statusFill';
import { dayParts, dayTotal, openFailures } from './totals';
import { DurationLegend, DurationLines } from './DurationLines';
import { jobMessages } from '../messages';
import { percentileText } from '../percentile';

const HEIGHT = 92;
/** Room for the figures at the left. */
const GUTTER = 68;
/** A single failure among thousands of runs must still be visible. */
const LEAST_FAILURE = 5;

const useStyles = styles('TrendChart', theme => ({
  root: { position: 'relative', paddingLeft: GUTTER },
  days: {
    position: 'relative',
    display: 'flex',
    height: HEIGHT,
    borderBottom: `1px solid ${theme.palette.divider}`,
  },
  day: {
    flex: 1,
    minWidth: 0,
    display: 'flex',
    flexDirection: 'column-reverse',
    alignItems: 'stretch',
    padding: '0 2px',
    border: 0,
    background: 'none',
    cursor: 'pointer',
    font: 'inherit',
    '&:hover, &[aria-pressed="true"]': {
      backgroundColor: theme.palette.action.hover,
    },
    '&[aria-pressed="true"]': {
      boxShadow: `inset 0 -3px ${theme.palette.primary.main}`,
    },
    '&:focus-visible': { outline: `2px solid ${theme.palette.primary.main}` },
  },
  // success is quiet
  good: { backgroundColor: tones(theme).good.solid, opacity: 0.45 },
  recovered: {
    backgroundColor: tones(theme).bad.tint,
    border: `1px dashed ${tones(theme).bad.solid}`,
  },
  tick: {
    position: 'absolute',
    left: 0,
    width: GUTTER - 6,
    textAlign: 'right',
    transform: 'translateY(50%)',
    fontSize: '0.6875rem',
    color: quietText(theme),
    fontVariantNumeric: 'tabular-nums',
  },
  axis: {
    display: 'flex',
    // the lines above end at its edge
    marginTop: 6,
    // large text on a phone: further lines
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    gap: theme.spacing(0, 1),
    whiteSpace: 'nowrap',
    [theme.breakpoints.down('xs')]: { paddingLeft: 0 },
    paddingLeft: GUTTER,
    fontSize: '0.75rem',
    color: quietText(theme),
  },
}));

/**
 * Shows days side by side: failures at the foot (at least five pixels), then failures that a retry
 * recovered, then successes, in a quiet colour; below, how long runs took. A day is a button that
 * filters the runs; one of them is a tab stop, and the arrow keys reach the others.
 */
export function TrendChart(props: {
  days: TrendDay[];
  targetMs?: number;
  selected: string | undefined;
  onSelect: (day: string | undefined) => void;
}) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const fill = useStatusFill();
  const { days, selected, onSelect } = props;
  const [current, setCurrent] = useState<string>();
  const tabStop = current ?? selected ?? days[days.length - 1]?.day;
  const most = Math.max(...days.map(dayTotal));
  const y = scaleLinear()
    // room above the highest day
    .domain([0, most + 1])
    .nice(2)
    .range([0, HEIGHT]);
  const ticks = y.ticks(2).filter(tick => Number.isInteger(tick) && tick > 0);

  return (
    <>
      <div className={classes.root}>
        {ticks.map(tick => (
          <span
            key={tick}
            className={classes.tick}
            style={{ top: HEIGHT - y(tick) - 16 }}
            aria-hidden
          >
            {numberText(tick)}
          </span>
        ))}
        {/* The group listens for the arrow keys of its buttons; it is not itself a control. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions,
            jsx-a11y/interactive-supports-focus */}
        <div
          className={classes.days}
          role="group"
          aria-label={t('trend.chart')}
          onKeyDown={moveFocus}
        >
          {days.map(day => {
            const open = openFailures(day);
            return (
              <Tooltip
                key={day.day}
                title={<DayTooltip day={day} />}
                enterDelay={100}
              >
                <button
                  type="button"
                  className={classes.day}
                  aria-pressed={day.day === selected}
                  aria-label={t('trend.day', {
                    day: dayText(day.day),
                    parts: dayParts(t, day).join(', '),
                  })}
                  tabIndex={day.day === tabStop ? 0 : -1}
                  onFocus={() => setCurrent(day.day)}
                  onClick={() =>
                    onSelect(day.day === selected ? undefined : day.day)
                  }
                >
                  {open > 0 && (
                    <span
                      className={fill('failed')}
                      style={{
                        height: Math.max(LEAST_FAILURE, y(open)),
                        flex: 'none',
                      }}
                    />
                  )}
                  {day.recovered > 0 && (
                    <span
                      className={classes.recovered}
                      style={{
                        height: Math.max(
                          LEAST_FAILURE,
                          y(Math.min(day.recovered, day.failed)),
                        ),
                        flex: 'none',
                      }}
                    />
                  )}
                  {day.cancelled > 0 && (
                    <span
                      className={fill('cancelled')}
                      style={{ height: Math.max(2, y(day.cancelled)) }}
                    />
                  )}
                  <span
                    className={classes.good}
                    style={{ height: y(day.succeeded) }}
                  />
                </button>
              </Tooltip>
            );
          })}
        </div>
        <DurationLines days={days} targetMs={props.targetMs} gutter={GUTTER} />
      </div>
      <div className={classes.axis} aria-hidden>
        <span>{days[0] && dayText(days[0].day)}</span>
        <DurationLegend days={days} targetMs={props.targetMs} />
        <span>
          {days.length > 0 &&
            t('trend.utc', { day: dayText(days[days.length - 1].day) })}
        </span>
      </div>
    </>
  );
}

function DayTooltip({ day }: { day: TrendDay }) {
  const { t } = useTranslationRef(jobMessages);
  return (
    <>
      <strong>{dayText(day.day)}</strong>
      {dayParts(t, day).map(part => (
        <div key={part}>{part}</div>
      ))}
      {day.p50DurationMs !== undefined && (
        <div>
          {day.p95DurationMs === undefined
            ? t('trend.median', { p50: percentileText(t, day.p50DurationMs) })
            : t('trend.medianAndP95', {
                p50: percentileText(t, day.p50DurationMs),
                p95: percentileText(t, day.p95DurationMs),
              })}
        </div>
      )}
    </>
  );
}
