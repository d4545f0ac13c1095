import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Tooltip from '@material-ui/core/Tooltip';
import type { MaintenanceWindow } from '@craft-easy/backstage-plugin-operations-common';
import { commonMessages, type CommonT } from '../components/messages';
import { statusWord } from '../components/statuses';
import { framed, quietText, styles } from '../components/styles';
import {
  absoluteTime,
  HOUR,
  MINUTE,
  tickTime,
  toDateTime,
} from '../components/time';
import { shownZone } from '../components/zone';
import { tones } from '../components/tones';
import { useNow } from '../hooks/useNow';
import { maintenanceMessages, type MaintenanceT } from './messages';
import { scopeText } from './words';

const useStyles = styles('MaintenanceTimeline', theme => ({
  root: { ...framed(theme), padding: theme.spacing(1, 1.5), overflowX: 'auto' },
  lane: {
    display: 'grid',
    gridTemplateColumns: 'minmax(90px, 160px) 1fr',
    alignItems: 'center',
    height: 30,
    // on a phone the line scrolls, so that its times do not overlap
    minWidth: 640,
    fontSize: '0.875rem',
  },
  track: { position: 'relative', height: '100%' },
  bar: {
    position: 'absolute',
    top: 5,
    bottom: 5,
    minWidth: 4,
    borderRadius: 4,
  },
  offline: { backgroundColor: tones(theme).bad.solid },
  'read-only': {
    border: `1px solid ${tones(theme).warn.solid}`,
    backgroundImage: `repeating-linear-gradient(45deg, ${
      tones(theme).warn.solid
    } 0 4px, transparent 4px 8px)`,
  },
  now: {
    position: 'absolute',
    top: 0,
    bottom: 0,
    width: 2,
    backgroundColor: theme.palette.primary.main,
  },
  axis: { color: quietText(theme), fontSize: '0.75rem' },
  tick: { position: 'absolute', transform: 'translateX(-50%)' },
}));

/** Hours between ticks; the first that makes few enough ticks is taken. */
const STEPS = [0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 168];
const MOST_TICKS = 8;

/** The round moments of the clock between two times. */
function ticksBetween(from: number, to: number): number[] {
  const hours =
    STEPS.find(step => (to - from) / (step * HOUR) <= MOST_TICKS) ?? 720;
  const step = hours * HOUR;
  const offset = -toDateTime(from).setZone(shownZone()).offset * MINUTE;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const length = Math.ceil((to - first) / step);
  return Array.from({ length }, (_, i) => first + i * step);
}

function windowText(
  t: MaintenanceT,
  common: CommonT,
  w: MaintenanceWindow,
): string {
  return t('timeline.window', {
    scope: scopeText(t, w.scope),
    mode: statusWord(common, w.mode),
    start: absoluteTime(w.startsAt),
    end: absoluteTime(w.endsAt),
  });
}

/** Shows windows on a time line, a lane for each tenant, with a moving mark at the present. */
export function Timeline(props: { windows: MaintenanceWindow[] }) {
  const classes = useStyles();
  const { t } = useTranslationRef(maintenanceMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const now = useNow(10_000);
  const { windows } = props;
  if (windows.length === 0) return null;
  const from = Math.min(
    now - HOUR,
    ...windows.map(w => Date.parse(w.startsAt)),
  );
  const to =
    Math.max(now + 3 * HOUR, ...windows.map(w => Date.parse(w.endsAt))) +
    HOUR / 4;
  const left = (at: number) => `${((at - from) / (to - from)) * 100}%`;
  const soonest = [...windows].sort(
    (a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt),
  );
  const lanes = [...new Set(soonest.map(w => scopeText(t, w.scope)))];
  return (
    <div
      className={classes.root}
      role="region"
      aria-label={t('timeline.title')}
      // it scrolls on a phone, by the keyboard too
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <div
        role="img"
        aria-label={windows.map(w => windowText(t, common, w)).join('; ')}
      >
        <div className={`${classes.lane} ${classes.axis}`}>
          <span />
          <div className={classes.track}>
            {ticksBetween(from, to).map(at => (
              <span
                key={at}
                className={classes.tick}
                style={{ left: left(at) }}
              >
                {tickTime(at, now)}
              </span>
            ))}
          </div>
        </div>
        {lanes.map(lane => (
          <div key={lane} className={classes.lane}>
            <span>{lane}</span>
            <div className={classes.track}>
              {windows
                .filter(w => scopeText(t, w.scope) === lane)
                .map(w => {
                  const start = Date.parse(w.startsAt);
                  const end = Date.parse(w.endsAt);
                  return (
                    <Tooltip
                      key={w.id}
                      title={t('timeline.bar', {
                        mode: statusWord(common, w.mode),
                        start: absoluteTime(w.startsAt),
                        end: absoluteTime(w.endsAt),
                        reason: w.reason,
                      })}
                    >
                      <div
                        className={`${classes.bar} ${classes[w.mode]}`}
                        style={{
                          left: left(start),
                          width: `${((end - start) / (to - from)) * 100}%`,
                        }}
                      />
                    </Tooltip>
                  );
                })}
              <div className={classes.now} style={{ left: left(now) }} />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
