import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { LateTooltip } from './LateTooltip';
import { useNow } from '../hooks/useNow';
import { commonMessages } from './messages';
import { muted, styles } from './styles';
import {
  absoluteTime,
  relativeTime,
  sameClock,
  scheduledTime,
  viewerZone,
} from './time';
import { shownZone } from './zone';

const useStyles = styles('RelativeTime', theme => ({
  // in a narrow cell the second part is below the first
  root: { whiteSpace: 'normal' },
  // on a phone, with large text, a time may be wider than its line
  part: { [theme.breakpoints.up('sm')]: { whiteSpace: 'nowrap' } },
  relative: {
    ...muted(theme),
    [theme.breakpoints.up('sm')]: { whiteSpace: 'nowrap' },
  },
}));

/**
 * A time with its zone, and how far it is from now: "02:15 CET 4 min ago". A schedule's zone comes
 * first, with the viewer's beside it, unless the viewer has chosen another; the hover has the date,
 * the seconds, and every zone.
 */
export function RelativeTime(props: {
  at: string;
  /** the zone of the schedule that the time is of */
  zone?: string;
  /** where times follow each other closely */
  seconds?: boolean;
  /** says more around the time, e.g. "queued 02:15 CET" */
  say?: (time: string) => string;
}) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const { at, zone, seconds } = props;
  const then = Date.parse(at);
  const first = Date.now();
  const now = useNow(Math.abs(first - then) < 90_000 ? 1000 : 20_000);
  const zones = [shownZone(zone), viewerZone(), zone ?? viewerZone()];
  const clocks = zones.filter(
    (one, i) => !zones.slice(0, i).some(other => sameClock(at, one, other)),
  );
  const isTwo = shownZone(zone) === zone && clocks.length > 1;
  const time = scheduledTime(t, at, now, { zone, seconds });
  return (
    <LateTooltip
      title={
        <>
          {clocks.map(one => (
            <div key={one}>
              {absoluteTime(at, one)} {clocks.length > 1 && `(${one})`}
            </div>
          ))}
        </>
      }
    >
      <time dateTime={at} className={classes.root}>
        <span className={isTwo ? undefined : classes.part}>
          {props.say?.(time) ?? time}
        </span>{' '}
        <span className={classes.relative}>{relativeTime(t, then, now)}</span>
      </time>
    </LateTooltip>
  );
}
