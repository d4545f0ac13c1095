import type { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { Skeleton } from './Skeleton';
import Typography from '@material-ui/core/Typography';
import { LiveMark } from './Freshness';

const useStyles = makeStyles(
  theme => ({
    root: {
      display: 'flex',
      alignItems: 'baseline',
      gap: theme.spacing(2),
      minHeight: 28,
      '& h2': { fontSize: '1.125rem', fontWeight: 500, flex: 1, margin: 0 },
    },
  }),
  { name: 'OperationsAnswerLine' },
);

/**
 * The answer, before anything else: a sentence computed from the data. A skeleton while it is not known: no sentence is better than a wrong one.
 */
export function AnswerLine(props: {
  children?: ReactNode;
  loading?: boolean;
  updatedAt?: number;
  error?: Error;
}) {
  const classes = useStyles();
  return (
    <div className={classes.root}>
      <Typography component="h2" aria-live="polite">
        {props.loading ? <Skeleton width="18em" /> : props.children}
      </Typography>
      <LiveMark updatedAt={props.updatedAt} error={props.error} />
    </div>
  );
}
