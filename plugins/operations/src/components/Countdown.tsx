import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { LateTooltip } from './LateTooltip';
import { inlineRow, muted, styles } from './styles';
import { useNow } from '../hooks/useNow';
import { commonMessages } from './messages';
import { absoluteTime, clockTime, durationText } from './time';
import { tones } from './tones';

const useStyles = styles('Countdown', theme => ({
  root: {
    ...inlineRow,
    verticalAlign: 'bottom',
    gap: 6,
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
  },
  text: { display: 'inline-flex', flexWrap: 'wrap', columnGap: 6 },
  left: muted(theme),
  track: { stroke: theme.palette.divider },
  rest: { stroke: tones(theme).busy.solid },
  soon: { stroke: tones(theme).warn.solid },
}));

const R = 7;
const AROUND = 2 * Math.PI * R;

const RING = { cx: 9, cy: 9, r: R, fill: 'none', strokeWidth: 3 };

/**
 * When something ends by itself, and the time left until then, in words and as a ring that empties;
 * "ended" after that.
 */
export function Countdown(props: { from: string; until: string }) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const end = Date.parse(props.until);
  const start = Date.parse(props.from);
  const now = useNow(1000);
  const left = Math.max(0, end - now);
  const share = end > start ? Math.min(1, left / (end - start)) : 0;
  return (
    <LateTooltip
      title={t('countdown.until', { time: absoluteTime(props.until) })}
    >
      <span className={classes.root} role="timer">
        <svg width={18} height={18} viewBox="0 0 18 18" aria-hidden>
          <circle {...RING} className={classes.track} />
          <circle
            {...RING}
            className={left < 5 * 60_000 ? classes.soon : classes.rest}
            strokeDasharray={`${share * AROUND} ${AROUND}`}
            transform="rotate(-90 9 9)"
          />
        </svg>
        <span className={classes.text}>
          <span>{clockTime(props.until, now)}</span>
          <span className={classes.left}>
            {left > 0
              ? t('countdown.left', {
                  duration: durationText(Math.ceil(left / 1000) * 1000),
                })
              : t('countdown.ended')}
          </span>
        </span>
      </span>
    </LateTooltip>
  );
}
