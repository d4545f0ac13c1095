import { fade, makeStyles, type Theme } from '@material-ui/core/styles';
import type { Styles } from '@material-ui/core/styles/withStyles';
import { hairline, tones, type Tone } from './tones';

/**
 * The classes of a component, under its name, so that they never collide with those of the portal
 * or of other plugins.
 */
export function styles<ClassKey extends string, Props extends object = {}>(
  component: string,
  rules: Styles<Theme, Props, ClassKey>,
) {
  return makeStyles(rules, { name: `Operations${component}` });
}

/** The fonts of code, ids and logs. */
export const MONOSPACE =
  'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';

/** The type of code, ids and values. */
export const monospace = {
  fontFamily: MONOSPACE,
  fontSize: '0.8125rem',
} as const;

/** The style of what only screen readers read. */
export const visuallyHidden = {
  position: 'absolute',
  width: 1,
  height: 1,
  margin: -1,
  padding: 0,
  border: 0,
  overflow: 'hidden',
  clip: 'rect(0 0 0 0)',
  whiteSpace: 'nowrap',
} as const;

/**
 * Below this width of the window, of which the portal's sidebar takes its part, the columns of a
 * table would cut what they hold. In em, so that larger text needs more of it.
 */
export const CARDS_BELOW = '52.5em';

/** Where each row of a table is a card. */
export const cards = `@media not all and (min-width: ${CARDS_BELOW})`;

/** Text on one line, cut at its end where it lacks room. */
export const ellipsis = {
  overflow: 'hidden',
  textOverflow: 'ellipsis',
  whiteSpace: 'nowrap',
} as const;

/** Things side by side, on further lines where they lack room. */
export const wrapped = {
  display: 'flex',
  flexWrap: 'wrap',
  alignItems: 'center',
} as const;

/** An icon beside its word, within a line of text. */
export const inlineRow = {
  display: 'inline-flex',
  alignItems: 'center',
} as const;

/** A list without bullets and indentation. */
export const bareList = { listStyle: 'none', margin: 0, padding: 0 } as const;

/** A button as wide as its list, which chooses a row of it. */
export function choice(theme: Theme) {
  return {
    width: '100%',
    textAlign: 'left',
    '&:hover, &:focus-visible': {
      backgroundColor: theme.palette.action.hover,
    },
    '&[aria-pressed="true"]': {
      boxShadow: `inset 3px 0 ${theme.palette.primary.main}`,
    },
  } as const;
}

/** A button that looks like the text that it stands in. */
export const bareButton = {
  font: 'inherit',
  color: 'inherit',
  background: 'none',
  border: 0,
  padding: 0,
  cursor: 'pointer',
  textAlign: 'left',
} as const;

/**
 * The colour of text that matters less. A theme's own secondary text is made for white cards, and
 * too faint on the grey ground of a page.
 */
export function quietText(theme: Theme): string {
  return fade(theme.palette.text.primary, 0.68);
}

/** Small text that matters less than what it stands beside. */
export function muted(theme: Theme) {
  return { color: quietText(theme), fontSize: '0.8125rem' };
}

/** Text of a tone on its own ground. */
export function tinted(theme: Theme, tone: Tone) {
  const { text, tint } = tones(theme)[tone];
  return { color: text, backgroundColor: tint };
}

/** A box on the ground of paper, as the tables are. */
export function framed(theme: Theme) {
  return {
    border: hairline(theme),
    borderRadius: theme.shape.borderRadius,
    backgroundColor: theme.palette.background.paper,
  };
}

/** Two fields beside each other, or below on a phone. */
export function paired(theme: Theme) {
  return {
    display: 'grid',
    gridTemplateColumns: '1fr 1fr',
    gap: theme.spacing(2),
    [theme.breakpoints.down('xs')]: { gridTemplateColumns: '1fr' },
  };
}

/**
 * The type of every root of Operations, also of those outside the page's tree (drawer, popover). It
 * is that of the theme, since a portal on the new frontend system has another on `body`.
 */
export const useRootStyles = styles('Root', theme => ({
  root: {
    fontFamily: theme.typography.fontFamily,
    color: theme.palette.text.primary,
    fontSize: '0.875rem',
    lineHeight: 1.45,
    '& h2, & h3, & p, & button': { fontFamily: 'inherit' },
    '@media (prefers-reduced-motion: reduce)': {
      '&, & *': {
        animation: 'none !important',
        transition: 'none !important',
      },
    },
    '& code': { fontFamily: MONOSPACE, fontSize: '0.9em' },
    // see quietText
    '& .MuiTypography-colorTextSecondary': { color: quietText(theme) },
  },
}));
