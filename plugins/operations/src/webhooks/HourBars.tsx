import Tooltip from '@material-ui/core/Tooltip';
import { clockTime, Hidden, HOUR, styles, tones } from '../components';

const useStyles = styles('HourBars', theme => ({
  root: {
    display: 'flex',
    alignItems: 'flex-end',
    gap: 1,
    '& > span': {
      flex: 1,
      minWidth: 2,
      display: 'flex',
      alignItems: 'flex-end',
    },
  },
  bar: { width: '100%', backgroundColor: tones(theme).bad.solid },
  none: { width: '100%', height: 1, backgroundColor: theme.palette.divider },
}));

interface BarsProps {
  counts: number[];
  /** ISO time at which the last hour began */
  lastHour: string;
  height: number;
}

const hourOf = ({ counts, lastHour }: BarsProps, i: number) => {
  const last = Date.parse(lastHour);
  return clockTime(last - (counts.length - 1 - i) * HOUR, last);
};

/**
 * Final failures per hour as bars, the last one the present hour; each shows its count on hover.
 * Screen readers skip all of it.
 */
export function Bars(props: BarsProps) {
  const classes = useStyles();
  const { counts, height } = props;
  const most = Math.max(1, ...counts);
  return (
    <div className={classes.root} style={{ height }} aria-hidden>
      {counts.map((count, i) => (
        <Tooltip
          key={i}
          title={`${hourOf(props, i)}: ${count.toLocaleString()} failed`}
          enterDelay={100}
        >
          <span style={{ height: '100%' }}>
            <span
              className={count ? classes.bar : classes.none}
              style={
                count
                  ? { height: Math.max(2, (count / most) * height) }
                  : undefined
              }
            />
          </span>
        </Tooltip>
      ))}
    </div>
  );
}

/** {@link Bars}, and the same in a sentence for screen readers. */
export function HourBars(props: BarsProps & { label: string }) {
  const { counts } = props;
  const total = counts.reduce((a, b) => a + b, 0);
  const busy = counts
    .map((count, i) => ({ count, hour: hourOf(props, i) }))
    .filter(({ count }) => count > 0);
  return (
    <div>
      <Bars {...props} />
      <Hidden>
        {props.label}: {total.toLocaleString()} in {counts.length} hours
        {busy.length > 0 &&
          ` (${busy.map(b => `${b.hour}: ${b.count}`).join(', ')})`}
      </Hidden>
    </div>
  );
}
