import { makeStyles, type Theme } from '@material-ui/core/styles';
import type { Styles } from '@material-ui/core/styles/withStyles';

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
    '& code': { fontFamily: MONOSPACE, fontSize: '0.9em' },
  },
}));
