import type { WebhookAttemptView } from '@craft-easy/backstage-plugin-operations-common/internal';
import { RelativeTime } from '../../components/RelativeTime';
import { StatusChip } from '../../components/StatusChip';
import { bareList, MONOSPACE, styles, wrapped } from '../../components/styles';
import { durationText } from '../../components/time';
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
    '& summary': { cursor: 'pointer', color: theme.palette.text.secondary },
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
  return (
    <ol className={classes.list} aria-label="Attempts">
      {props.attempts.map(attempt => (
        <li key={attempt.n}>
          <div className={classes.line}>
            <span>#{attempt.n}</span>
            <StatusChip
              status={attempt.error ? 'failed' : 'delivered'}
              text={
                attempt.error
                  ? errorWord(attempt.error.class, attempt.error.code)
                  : `delivered ${attempt.status ?? ''}`.trim()
              }
            />
            <RelativeTime at={attempt.at} />
            <Muted>
              {attempt.sent ? durationText(attempt.durationMs) : 'not sent'}
            </Muted>
            {attempt.replay && <Muted>replay</Muted>}
          </div>
          {attempt.error && (
            <div>
              <Muted small>{attempt.error.message}</Muted>
            </div>
          )}
          <Answer attempt={attempt} />
        </li>
      ))}
    </ol>
  );
}

function Answer(props: { attempt: WebhookAttemptView }) {
  const classes = useStyles();
  const { responseHeaders, responseBody } = props.attempt;
  if (!responseHeaders && !responseBody) return null;
  const headers = Object.entries(responseHeaders ?? {});
  return (
    <details className={classes.more}>
      <summary>Answer of the receiver</summary>
      {headers.length > 0 && (
        // it may scroll, so the keyboard must reach it
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre tabIndex={0} aria-label="Headers of the answer">
          {headers.map(([name, value]) => `${name}: ${value}`).join('\n')}
        </pre>
      )}
      {responseBody && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre tabIndex={0} aria-label="Body of the answer">
          {responseBody}
        </pre>
      )}
    </details>
  );
}
