import { useState } from 'react';
import IconButton from '@material-ui/core/IconButton';
import Typography from '@material-ui/core/Typography';
import Close from '@material-ui/icons/Close';
import type {
  WebhookAction,
  WebhookFailureDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { styles, wrapped } from '../../components/styles';
import { AuditLink } from '../../audit/AuditLink';
import { ActionButton } from '../../components/actions';
import { Loaded } from '../../components/Loaded';
import { Facts } from '../../components/Facts';
import { StaleNotice } from '../../components/Freshness';
import { Json } from '../../components/Json';
import { TenantName } from '../../components/TenantName';
import { MiddleTruncate } from '../../components/MiddleTruncate';
import { Person } from '../../components/Person';
import { RelativeTime } from '../../components/RelativeTime';
import { Skeleton } from '../../components/Skeleton';
import { Section, Stack } from '../../components/Stack';
import { StatusChip } from '../../components/StatusChip';
import { asShown } from '../../hooks/asShown';
import { useLive } from '../../hooks/useLive';
import { OneDialog } from '../dialogs/OneDialog';
import { PatternDialog } from '../dialogs/PatternDialog';
import { WEBHOOK_TOPICS } from '../params';
import { Attempts } from './Attempts';
import { Muted } from '../../components/text';
import { ACTIONS, VERBS } from '../words';

const useStyles = styles('FailureView', theme => ({
  head: {
    ...wrapped,
    gap: theme.spacing(1),
    '& h2': { fontSize: '1.125rem', fontWeight: 600, margin: 0, flex: 1 },
  },
  history: {
    margin: 0,
    paddingLeft: theme.spacing(2.5),
    fontSize: '0.875rem',
  },
}));

const EVENTS: Record<WebhookFailureDetail['history'][number]['kind'], string> =
  {
    failed: 'Failed for good',
    'replay-requested': 'Replay asked for',
    'replay-stopped': 'Replay not sent',
    'replay-refused': 'Replay refused by the platform',
    delivered: 'Delivered',
    'failed-again': 'Failed again',
    suppressed: 'Suppressed',
    handled: 'Marked handled',
  };

/** One failure: what was sent where, each attempt, what was done about it, and the actions. */
export function FailureView(props: { id: string; onClose: () => void }) {
  const classes = useStyles();
  const live = useLive(
    'GET /webhook-failures/:id',
    { params: { id: props.id } },
    { everyMs: 5_000, topics: WEBHOOK_TOPICS },
  );
  return (
    <Stack>
      <div className={classes.head}>
        <h2>{live.data?.eventType ?? 'Failed webhook'}</h2>
        {live.data && <StatusChip status={live.data.state} />}
        <IconButton size="small" aria-label="Close" onClick={props.onClose}>
          <Close />
        </IconButton>
      </div>
      <StaleNotice of={live} />
      <Loaded
        of={live}
        failure="The failure could not be loaded"
        skeleton={
          <>
            <Skeleton width="40%" height={24} />
            <Skeleton width="70%" />
          </>
        }
      >
        {failure => <Failure failure={failure} />}
      </Loaded>
    </Stack>
  );
}

function Failure({ failure }: { failure: WebhookFailureDetail }) {
  const classes = useStyles();
  const [action, setAction] = useState<WebhookAction | 'pattern'>();
  return (
    <>
      <div className={classes.head}>
        {ACTIONS.map(name => (
          <ActionButton
            key={name}
            capability={failure.actions[name]}
            primary={name === 'replay'}
            onClick={() => setAction(name)}
          >
            {VERBS[name]}
          </ActionButton>
        ))}
        <ActionButton
          capability={
            failure.actions.suppress.rule === 'permission'
              ? failure.actions.suppress
              : { allowed: true }
          }
          onClick={() => setAction('pattern')}
        >
          Suppress such until…
        </ActionButton>
      </div>
      <Facts
        facts={[
          ['Tenant', <TenantName tenant={failure.tenant} />],
          ['Endpoint', <Endpoint failure={failure} />],
          [
            'Webhook id',
            <MiddleTruncate text={failure.webhookId} mono copy="webhook id" />,
          ],
          ['Created', <RelativeTime at={failure.createdAt} />],
          [
            'Delivered',
            failure.deliveredAt && <RelativeTime at={failure.deliveredAt} />,
          ],
          [
            'Bytes kept',
            failure.replayableUntil && (
              <RelativeTime at={failure.replayableUntil} prefix="until" />
            ),
          ],
          [
            'Reported by',
            failure.source !== 'platform' &&
              `${failure.source.replace(/^service:/, '')}, over HTTP`,
          ],
        ]}
      />
      <Section
        title="Attempts"
        aside={`${failure.attempts.toLocaleString()} in all`}
      >
        <Attempts attempts={failure.attemptLog} />
      </Section>
      <Section title="Payload">
        <Payload payload={failure.payload} />
      </Section>
      <Section
        title="What was done about it"
        aside={
          <AuditLink of={{ target: `webhook:${failure.id}` }}>
            In the audit trail
          </AuditLink>
        }
      >
        <ol className={classes.history}>
          {failure.history.map((event, i) => (
            <li key={i}>
              {EVENTS[event.kind]} <RelativeTime at={event.at} />
              {event.by && (
                <>
                  {' '}
                  by <Person of={event.by} />
                </>
              )}
              {event.reason && <Muted> “{event.reason}”</Muted>}
            </li>
          ))}
        </ol>
      </Section>
      {action && action !== 'pattern' && (
        <OneDialog
          action={action}
          failure={failure}
          onClose={() => setAction(undefined)}
        />
      )}
      {action === 'pattern' && (
        <PatternDialog
          tenant={failure.tenant}
          endpoint={failure.endpoint}
          eventType={failure.eventType}
          onClose={() => setAction(undefined)}
        />
      )}
    </>
  );
}

function Endpoint({ failure }: { failure: WebhookFailureDetail }) {
  return (
    <>
      {failure.endpoint}
      {failure.url && ` · ${failure.url}`}
      {failure.endpointState && failure.endpointState.state !== 'up' && (
        <>
          {' · '}
          {failure.endpointState.state === 'down' ? 'down' : 'gone (410)'}{' '}
          <RelativeTime at={failure.endpointState.since} prefix="since" />
          {failure.endpointState.circuit === 'open' &&
            failure.endpointState.retryAt && (
              <>
                {' · circuit open, one goes to see '}
                <RelativeTime at={failure.endpointState.retryAt} />
              </>
            )}
          {failure.endpointState.circuit === 'half-open' &&
            ' · circuit half-open: the next delivery goes to see'}
        </>
      )}
    </>
  );
}

/**
 * The part of the payload that left the platform: indented where it is JSON, always as text, with
 * the redacted fields named.
 */
function Payload(props: { payload: WebhookFailureDetail['payload'] }) {
  const { text, ...about } = props.payload;
  const payload = { ...asShown(about), text };
  return (
    <>
      <Typography variant="body2" color="textSecondary" gutterBottom>
        {payload.contentType}, {payload.size.toLocaleString()} bytes
        {payload.truncated && ', cut: only its beginning left the platform'}
        {payload.redacted.length > 0 &&
          `; redacted: ${payload.redacted.join(', ')}`}
      </Typography>
      {payload.text === undefined ? (
        <Typography variant="body2">
          Not shown{payload.withheld && `: ${payload.withheld}`}
        </Typography>
      ) : (
        <Json value={readable(payload.text)} label="Payload text" />
      )}
    </>
  );
}

function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // cut, or not JSON: shown as it is
  }
}
