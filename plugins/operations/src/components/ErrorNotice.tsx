import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Button from '@material-ui/core/Button';
import Typography from '@material-ui/core/Typography';
import ErrorIcon from '@material-ui/icons/Error';
import { styles } from './styles';
import { errorText, requestIdOf, statusCodeOf } from './errors';
import { commonMessages } from './messages';
import { MiddleTruncate } from './MiddleTruncate';
import { tones } from './tones';

const useStyles = styles('ErrorNotice', theme => ({
  root: {
    display: 'flex',
    gap: theme.spacing(1.5),
    padding: theme.spacing(1.5, 2),
    borderRadius: theme.shape.borderRadius,
    color: tones(theme).bad.text,
    backgroundColor: tones(theme).bad.tint,
    borderLeft: `3px solid ${tones(theme).bad.solid}`,
    textAlign: 'left',
  },
  text: { flex: 1, minWidth: 0, overflowWrap: 'anywhere' },
  meta: { fontSize: '0.8125rem', marginTop: 2 },
}));

/** Shows what failed and why, how to try again, and the id of the request in the backend's logs. */
export function ErrorNotice(props: {
  /** what failed: "Jobs could not be loaded" */
  title: string;
  error: unknown;
  onRetry?: () => void;
  children?: ReactNode;
}) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const requestId = requestIdOf(props.error);
  const status = statusCodeOf(props.error);
  return (
    <div className={classes.root} role="alert">
      <ErrorIcon aria-hidden />
      <div className={classes.text}>
        <Typography variant="subtitle2" component="p">
          {props.title}
        </Typography>
        <Typography variant="body2">{errorText(t, props.error)}</Typography>
        {props.children}
        {(status !== undefined || requestId) && (
          <div className={classes.meta}>
            {status !== undefined &&
              t('error.http', { status: String(status) })}
            {requestId && (
              <>
                {` · ${t('error.request')} `}
                <MiddleTruncate
                  text={requestId}
                  mono
                  copy={t('error.copyRequestId')}
                />
              </>
            )}
          </div>
        )}
      </div>
      {props.onRetry && (
        <div>
          <Button
            size="small"
            color="inherit"
            variant="outlined"
            onClick={props.onRetry}
          >
            {t('error.retry')}
          </Button>
        </div>
      )}
    </div>
  );
}
