import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Typography from '@material-ui/core/Typography';
import { CopyButton } from './MiddleTruncate';
import { commonMessages } from './messages';
import { ScrollablePre } from './ScrollablePre';
import { monospace, quietText, styles } from './styles';
import { Button } from './buttons';

const useStyles = styles('EmptyState', theme => ({
  root: {
    padding: theme.spacing(4, 2),
    textAlign: 'center',
    color: quietText(theme),
    '& > *': { maxWidth: 640, marginLeft: 'auto', marginRight: 'auto' },
  },
  snippet: { position: 'relative', marginTop: theme.spacing(2) },
  code: {
    margin: 0,
    textAlign: 'left',
    overflowX: 'auto',
    padding: theme.spacing(1.5, 5, 1.5, 1.5),
    borderRadius: theme.shape.borderRadius,
    border: `1px solid ${theme.palette.divider}`,
    color: theme.palette.text.primary,
    ...monospace,
    lineHeight: 1.5,
  },
  copy: { position: 'absolute', right: 6, top: 6 },
}));

/** Says what would be here and how it gets here, with the snippet that brings it. */
export function EmptyState(props: {
  title: string;
  children?: ReactNode;
  snippet?: string;
}) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  return (
    <div className={classes.root}>
      <Typography variant="subtitle1" color="textPrimary" gutterBottom>
        {props.title}
      </Typography>
      {props.children && (
        <Typography variant="body2" component="div">
          {props.children}
        </Typography>
      )}
      {props.snippet && (
        <div className={classes.snippet}>
          <ScrollablePre className={classes.code} label={props.title}>
            <code>{props.snippet}</code>
          </ScrollablePre>
          <CopyButton
            text={props.snippet}
            label={t('copy.snippet')}
            className={classes.copy}
          />
        </div>
      )}
    </div>
  );
}

/** Says that the filters match nothing, and offers to clear them. */
export function FilteredEmpty(props: {
  /** "No jobs match these filters" */
  title: string;
  onClear: () => void;
}) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  return (
    <div className={classes.root}>
      <Typography variant="subtitle1" color="textPrimary" gutterBottom>
        {props.title}
      </Typography>
      <Button onClick={props.onClear}>{t('filters.clear')}</Button>
    </div>
  );
}
