import type { ComponentType } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Tooltip from '@material-ui/core/Tooltip';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';
import { inlineRow, styles } from './styles';
import { commonMessages } from './messages';
import {
  statusLook,
  statusMeaning,
  statusWord,
  type StatusName,
} from './statuses';
import { tones, type Tone } from './tones';

const useStyles = styles('StatusChip', theme => {
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
      ...inlineRow,
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
});

/** A word with an icon and the colour of its meaning; the meaning shows on hover. */
export function ToneChip(props: {
  tone: Tone;
  icon: ComponentType<SvgIconProps>;
  word: string;
  meaning: string;
  /** the thing is under way: its icon turns */
  moving?: boolean;
}) {
  const classes = useStyles();
  const Icon = props.icon;
  return (
    <Tooltip title={props.meaning} enterDelay={400}>
      <span className={`${classes.chip} ${classes[props.tone]}`}>
        <Icon
          className={props.moving ? classes.moving : undefined}
          aria-hidden
        />
        {props.word}
      </span>
    </Tooltip>
  );
}

/** The chip of a status; `text` replaces its word where there is more to say ("running 40 %"). */
export function StatusChip(props: {
  status: StatusName | string;
  text?: string;
}) {
  const { t } = useTranslationRef(commonMessages);
  const { status, text } = props;
  return (
    <ToneChip
      {...statusLook(status)}
      word={text ?? statusWord(t, status)}
      meaning={statusMeaning(t, status)}
    />
  );
}
