import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Tooltip from '@material-ui/core/Tooltip';
import { useNow } from '../hooks/useNow';
import { commonMessages } from './messages';
import { absoluteTime, relativeTime, sameClock, viewerZone } from './time';

/**
 * A time relative to now; on hover and focus the absolute time with its zone, and also the time in
 * the job's zone where that differs.
 */
export function RelativeTime(props: {
  at: string;
  /** a second zone to show, e.g. that of the job */
  zone?: string;
  /** says more around the time, e.g. "ended 4 min ago" */
  say?: (time: string) => string;
}) {
  const { t } = useTranslationRef(commonMessages);
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
        {props.say?.(relativeTime(t, then, now)) ?? relativeTime(t, then, now)}
      </time>
    </Tooltip>
  );
}
