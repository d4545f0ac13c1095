import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { WebhookAttemptView } from '@craft-easy/backstage-plugin-operations-common/internal';
import { RelativeTime } from '../../components/RelativeTime';
import { ScrollablePre } from '../../components/ScrollablePre';
import { StatusChip } from '../../components/StatusChip';
import {
  bareList,
  MONOSPACE,
  quietText,
  styles,
  wrapped,
} from '../../components/styles';
import { durationText } from '../../components/time';
import { webhookMessages, type WebhookT } from '../messages';
import { errorWord } from '../words';
import { Muted } from '../../components/text';

const useStyles = styles('WebhookAttempts', theme => ({
  list: {
    ...bareList,
    borderLeft: `2px solid ${theme.palette.divider}`,
    '& > li': { padding: theme.spacing(0.5, 0, 0.5, 1.5) },
  },
  line: {
    ...wrapped,
    gap: theme.spacing(0.5, 1.5),
    fontSize: '0.875rem',
    fontVariantNumeric: 'tabular-nums',
  },
  more: {
    fontSize: '0.8125rem',
    '& summary': { cursor: 'pointer', color: quietText(theme) },
    '& pre': {
      margin: theme.spacing(0.5, 0),
      padding: theme.spacing(1),
      maxHeight: 240,
      overflow: 'auto',
      whiteSpace: 'pre-wrap',
      overflowWrap: 'anywhere',
      border: `1px solid ${theme.palette.divider}`,
      borderRadius: theme.shape.borderRadius,
      fontFamily: MONOSPACE,
    },
  },
}));

/**
 * The attempts on a time line: when, how long, and the receiver's response, which is shown as text
 * only.
 */
export function Attempts(props: { attempts: WebhookAttemptView[] }) {
  const classes = useStyles();
  const { t } = useTranslationRef(webhookMessages);
  return (
    <ol className={classes.list} aria-label={t('attempts.title')}>
      {props.attempts.map(attempt => (
        <li key={attempt.n}>
          <div className={classes.line}>
            <span>#{attempt.n}</span>
            <StatusChip
              status={attempt.error ? 'failed' : 'delivered'}
              text={
                attempt.error
                  ? errorWord(t, attempt.error.class, attempt.error.code)
                  : deliveredText(t, attempt.status)
              }
            />
            <RelativeTime at={attempt.at} seconds />
            <Muted>
              {attempt.sent
                ? durationText(attempt.durationMs)
                : t('attempts.notSent')}
            </Muted>
            {attempt.replay && <Muted>{t('attempts.replay')}</Muted>}
          </div>
          {attempt.error && (
            <div>
              <Muted small>{attempt.error.message}</Muted>
            </div>
          )}
          <Response attempt={attempt} />
        </li>
      ))}
    </ol>
  );
}

function deliveredText(t: WebhookT, status: number | undefined): string {
  return status === undefined
    ? t('attempts.delivered')
    : t('attempts.deliveredWithStatus', { status: String(status) });
}

function Response(props: { attempt: WebhookAttemptView }) {
  const classes = useStyles();
  const { t } = useTranslationRef(webhookMessages);
  const { responseHeaders, responseBody } = props.attempt;
  if (!responseHeaders && !responseBody) return null;
  const headers = Object.entries(responseHeaders ?? {});
  return (
    <details className={classes.more}>
      <summary>{t('attempts.response.title')}</summary>
      {headers.length > 0 && (
        <ScrollablePre label={t('attempts.response.headers')}>
          {headers.map(([name, value]) => `${name}: ${value}`).join('\n')}
        </ScrollablePre>
      )}
      {responseBody && (
        <ScrollablePre label={t('attempts.response.body')}>
          {responseBody}
        </ScrollablePre>
      )}
    </details>
  );
}
