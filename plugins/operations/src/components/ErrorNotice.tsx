import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Typography from '@material-ui/core/Typography';
import ErrorIcon from '@material-ui/icons/Error';
import LockIcon from '@material-ui/icons/LockOutlined';
import { Holders } from '../access/Holders';
import {
  isPassing,
  statusCodeOf,
} from '@craft-easy/backstage-plugin-operations-react/internal';
import { errorText, missingPermission, requestIdOf, useErrorT } from './errors';
import { commonMessages } from './messages';
import { MiddleTruncate } from './MiddleTruncate';
import { framed, styles } from './styles';
import { tones } from './tones';
import { Button } from './buttons';

const useStyles = styles('ErrorNotice', theme => ({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1.5),
    padding: theme.spacing(1.5, 2),
    borderRadius: theme.shape.borderRadius,
    textAlign: 'left',
  },
  failed: {
    color: tones(theme).bad.text,
    backgroundColor: tones(theme).bad.tint,
    borderLeft: `3px solid ${tones(theme).bad.solid}`,
  },
  refused: framed(theme),
  text: { flex: '1 1 16em', minWidth: 0, overflowWrap: 'anywhere' },
  meta: { fontSize: '0.8125rem', marginTop: 2 },
}));

/**
 * Shows what failed and why, how to go on, and the id of the request in the backend's logs. Where
 * the user lacks a permission, nothing failed: it shows who has the permission.
 */
export function ErrorNotice(props: {
  /** what failed: "Jobs could not be loaded" */
  title: string;
  error: unknown;
  onRetry?: () => void;
  /** what may pass is tried again without anybody asking for it, as `useLive` does */
  retried?: boolean;
  /** the way back, where there is nothing here: a link to the list */
  back?: ReactNode;
  children?: ReactNode;
}) {
  const { t } = useTranslationRef(commonMessages);
  const errorT = useErrorT();
  const classes = useStyles();
  const { error, onRetry } = props;
  const permission = missingPermission(error);
  if (permission) {
    return (
      <div className={`${classes.root} ${classes.refused}`} role="note">
        <LockIcon aria-hidden color="disabled" />
        <div className={classes.text}>
          <Typography variant="subtitle2" component="p">
            {props.title}
          </Typography>
          <Typography variant="body2">{errorText(errorT, error)}</Typography>
          <Holders permission={permission} />
          {props.back}
        </div>
      </div>
    );
  }
  const requestId = requestIdOf(error);
  const status = statusCodeOf(error);
  return (
    <div className={`${classes.root} ${classes.failed}`} role="alert">
      <ErrorIcon aria-hidden />
      <div className={classes.text}>
        <Typography variant="subtitle2" component="p">
          {props.title}
        </Typography>
        <Typography variant="body2">
          {errorText(errorT, error)}{' '}
          {props.retried && isPassing(error) && t('error.retrying')}
        </Typography>
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
        {props.back}
      </div>
      {status === 401 && (
        <PlainAction onClick={() => window.location.reload()}>
          {t('error.signIn')}
        </PlainAction>
      )}
      {onRetry && status !== 401 && status !== 404 && (
        <PlainAction onClick={onRetry}>{t('error.retry')}</PlainAction>
      )}
    </div>
  );
}

function PlainAction(props: { onClick: () => void; children: ReactNode }) {
  return (
    <div>
      <Button inherits onClick={props.onClick}>
        {props.children}
      </Button>
    </div>
  );
}
