import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { ellipsis, muted, quietText, styles, visuallyHidden } from './styles';
import { commonMessages } from './messages';

const useStyles = styles('Text', theme => ({
  muted: { color: quietText(theme) },
  small: muted(theme),
  cut: ellipsis,
  quote: { color: quietText(theme), fontStyle: 'italic' },
}));

/** Text that only screen readers read. */
export function Hidden(props: { children: ReactNode }) {
  return <span style={visuallyHidden}>{props.children}</span>;
}

/** Text that matters less than what it stands beside. */
export function Muted(props: { children: ReactNode; small?: boolean }) {
  const classes = useStyles();
  return (
    <span className={props.small ? classes.small : classes.muted}>
      {props.children}
    </span>
  );
}

/** A second line in small type, cut at its end; `title` shows on hover. */
export function SecondLine(props: { children: ReactNode; title?: string }) {
  const classes = useStyles();
  return (
    <div className={`${classes.small} ${classes.cut}`} title={props.title}>
      {props.children}
    </div>
  );
}

/** The words of a person: the reason that they gave. */
export function Quote(props: { text: string }) {
  const { t } = useTranslationRef(commonMessages);
  const { quote } = useStyles();
  return <span className={quote}>{t('quote', { text: props.text })}</span>;
}
