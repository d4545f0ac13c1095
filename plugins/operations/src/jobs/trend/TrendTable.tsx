import { makeStyles } from '@material-ui/core/styles';
import type { TrendDay } from '@craft-easy/backstage-plugin-operations-common';
import { durationText } from '../../components/time';
import { visuallyHidden } from '../../components/styles';
import { openFailures } from './totals';

const useStyles = makeStyles(
  { root: { ...visuallyHidden } },
  { name: 'OperationsTrendTable' },
);

/** The trend for who cannot see it: the same figures, a row per day. */
export function TrendTable(props: { days: TrendDay[] }) {
  const classes = useStyles();
  return (
    // a table cannot be clipped by itself in every browser; what is around it can
    <div className={classes.root}>
      <table>
        <caption>Runs per day (UTC)</caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Failed</th>
            <th scope="col">Recovered</th>
            <th scope="col">Cancelled</th>
            <th scope="col">Succeeded</th>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
          </tr>
        </thead>
        <tbody>
          {props.days.map(day => (
            <tr key={day.day}>
              <th scope="row">{day.day}</th>
              <td>{openFailures(day)}</td>
              <td>{day.recovered}</td>
              <td>{day.cancelled}</td>
              <td>{day.succeeded}</td>
              <td>{figure(day.p50DurationMs)}</td>
              <td>{figure(day.p95DurationMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function figure(ms: number | undefined): string {
  return ms === undefined ? '–' : durationText(ms);
}
