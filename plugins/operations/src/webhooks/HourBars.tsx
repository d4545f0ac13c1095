import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Tooltip from '@material-ui/core/Tooltip';
import {
  clockTime,
  Hidden,
  HOUR,
  listText,
  styles,
  tones,
} from '../components';
import { webhookMessages } from './messages';

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
  const { t } = useTranslationRef(webhookMessages);
  const { counts, height } = props;
  const most = Math.max(1, ...counts);
  return (
    <div className={classes.root} style={{ height }} aria-hidden>
      {counts.map((count, i) => (
        <Tooltip
          key={i}
          title={t('chart.bar', { hour: hourOf(props, i), count })}
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
  const { t } = useTranslationRef(webhookMessages);
  const { counts, label: title } = props;
  const total = counts.reduce((a, b) => a + b, 0);
  const busy = counts
    .map((count, i) => ({ count, hour: hourOf(props, i) }))
    .filter(({ count }) => count > 0);
  return (
    <div>
      <Bars {...props} />
      <Hidden>
        {busy.length > 0
          ? t('chart.spokenBusy', {
              ...{ title, total, hours: counts.length },
              busy: listText(busy.map(b => t('chart.bar', b))),
            })
          : t('chart.spoken', { title, total, hours: counts.length })}
      </Hidden>
    </div>
  );
}
