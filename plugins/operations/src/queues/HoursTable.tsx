import { makeStyles } from '@material-ui/core/styles';
import type { QueueHistory } from '@craft-easy/backstage-plugin-operations-common';
import { absoluteTime, durationText } from '../components/time';
import { visuallyHidden } from '../components/styles';
import { hoursOf } from './words';

const useStyles = makeStyles(
  { root: { ...visuallyHidden } },
  { name: 'OperationsHoursTable' },
);

/** The day for who cannot see it: the same figures, a row per hour. */
export function HoursTable(props: { of: string; history: QueueHistory }) {
  const classes = useStyles();
  return (
    // a table cannot be clipped by itself in every browser; what is around it can
    <div className={classes.root}>
      <table>
        <caption>24 hours of {props.of}</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Most waiting</th>
            <th scope="col">Longest wait</th>
            <th scope="col">Ended</th>
          </tr>
        </thead>
        <tbody>
          {hoursOf(props.history).map(hour => (
            <tr key={hour.at}>
              <th scope="row">{absoluteTime(hour.at)}</th>
              <td>{hour.sampled ? hour.waiting : 'not known'}</td>
              <td>
                {hour.sampled ? durationText(hour.oldestWaitMs) : 'not known'}
              </td>
              <td>{hour.ended}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
