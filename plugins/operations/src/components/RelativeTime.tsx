import Tooltip from '@material-ui/core/Tooltip';
import { useNow } from '../hooks/useNow';
import { absoluteTime, relativeTime, sameClock, viewerZone } from './time';

/**
 * A time relative to now; on hover and focus the absolute time with its zone, and also the time in
 * the job's zone where that differs.
 */
export function RelativeTime(props: {
  at: string;
  /** a second zone to show, e.g. that of the job */
  zone?: string;
  /** words before, e.g. "ended" */
  prefix?: string;
}) {
  const then = Date.parse(props.at);
  const first = Date.now();
  const now = useNow(Math.abs(first - then) < 90_000 ? 1000 : 20_000);
  const here = viewerZone();
  const other = props.zone && !sameClock(props.at, props.zone, here);
  return (
    <Tooltip
      title={
        <>
          {absoluteTime(props.at)}
          {other && (
            <>
              <br />
              {absoluteTime(props.at, props.zone)} ({props.zone})
            </>
          )}
        </>
      }
    >
      <time dateTime={props.at} style={{ whiteSpace: 'nowrap' }}>
        {props.prefix ? `${props.prefix} ` : ''}
        {relativeTime(then, now)}
      </time>
    </Tooltip>
  );
}
