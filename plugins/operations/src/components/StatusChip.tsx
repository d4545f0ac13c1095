import { makeStyles } from '@material-ui/core/styles';
import Tooltip from '@material-ui/core/Tooltip';
import type { StatusName } from './statuses';
import { statusLook } from './statuses';
import { tones, type Tone } from './tones';

const useStyles = makeStyles(
  theme => {
    const all = tones(theme);
    const perTone = Object.fromEntries(
      (Object.keys(all) as Tone[]).map(tone => [
        tone,
        { color: all[tone].text, backgroundColor: all[tone].tint },
      ]),
    ) as Record<Tone, { color: string; backgroundColor: string }>;
    return {
      ...perTone,
      chip: {
        display: 'inline-flex',
        alignItems: 'center',
        gap: 4,
        height: 22,
        padding: '0 8px 0 5px',
        borderRadius: 11,
        fontSize: '0.8125rem',
        fontWeight: 500,
        lineHeight: 1,
        whiteSpace: 'nowrap',
        '& svg': { fontSize: 15 },
        '@media (forced-colors: active)': { border: '1px solid' },
      },
      moving: {
        '@media (prefers-reduced-motion: no-preference)': {
          animation: '$turn 2.4s linear infinite',
        },
      },
      '@keyframes turn': { to: { transform: 'rotate(360deg)' } },
    };
  },
  { name: 'OperationsStatusChip' },
);

/** The one chip of status: icon, word and colour; its meaning on hover. `text` replaces the word where more is to be said ("running 40 %"). */
export function StatusChip(props: {
  status: StatusName | string;
  text?: string;
}) {
  const classes = useStyles();
  const look = statusLook(props.status);
  const Icon = look.icon;
  return (
    <Tooltip title={look.meaning} enterDelay={400}>
      <span className={`${classes.chip} ${classes[look.tone]}`}>
        <Icon
          className={look.moving ? classes.moving : undefined}
          aria-hidden
        />
        {props.text ?? look.word}
      </span>
    </Tooltip>
  );
}
