import { makeStyles } from '@material-ui/core/styles';
import Tooltip from '@material-ui/core/Tooltip';
import { clockTime } from '../components/time';
import { tones } from '../components/tones';
import { visuallyHidden } from '../components/visuallyHidden';

const useStyles = makeStyles(
  theme => ({
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
    srOnly: visuallyHidden,
  }),
  { name: 'OperationsHourBars' },
);

/** Final failures per hour as bars, the last one the present hour; each says its count on hover, and all of it is text for screen readers. */
export function HourBars(props: {
  counts: number[];
  /** ISO time at which the last hour began */
  lastHour: string;
  height: number;
  label: string;
}) {
  const classes = useStyles();
  const { counts, height } = props;
  const most = Math.max(1, ...counts);
  const last = Date.parse(props.lastHour);
  const hourOf = (i: number) =>
    clockTime(last - (counts.length - 1 - i) * 3600_000, last);
  const total = counts.reduce((a, b) => a + b, 0);
  const busy = counts
    .map((count, i) => ({ count, hour: hourOf(i) }))
    .filter(({ count }) => count > 0);
  return (
    <div>
      <div className={classes.root} style={{ height }} aria-hidden>
        {counts.map((count, i) => (
          <Tooltip
            key={i}
            title={`${hourOf(i)}: ${count.toLocaleString()} failed`}
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
      <span className={classes.srOnly}>
        {props.label}: {total.toLocaleString()} in {counts.length} hours
        {busy.length > 0 &&
          ` (${busy.map(b => `${b.hour}: ${b.count}`).join(', ')})`}
      </span>
    </div>
  );
}
