import { makeStyles } from '@material-ui/core/styles';

/**
 * What every root of ours sets, those outside the page's tree (drawer, popover) too: the theme's own type, since a portal on the new frontend
 * system has another one on `body`.
 */
export const useRootStyles = makeStyles(
  theme => ({
    root: {
      fontFamily: theme.typography.fontFamily,
      color: theme.palette.text.primary,
      fontSize: '0.875rem',
      lineHeight: 1.45,
      '& h2, & h3, & p, & button': { fontFamily: 'inherit' },
      '& code': {
        fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
        fontSize: '0.9em',
      },
    },
  }),
  { name: 'OperationsRoot' },
);
