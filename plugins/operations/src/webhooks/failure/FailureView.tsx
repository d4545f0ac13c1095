import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Typography from '@material-ui/core/Typography';
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
import { indentJson } from '../../components/indentJson';
import { TenantName } from '../../components/TenantName';
import { MiddleTruncate } from '../../components/MiddleTruncate';
import { Person } from '../../components/Person';
import { RelativeTime } from '../../components/RelativeTime';
import { Skeleton } from '../../components/Skeleton';
import { Section, Stack } from '../../components/Stack';
import { StatusChip } from '../../components/StatusChip';
import { asShown } from '@craft-easy/backstage-plugin-operations-react/internal';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { webhookMessages } from '../messages';
import { OneDialog } from '../dialogs/OneDialog';
import { PatternDialog } from '../dialogs/PatternDialog';
import { WEBHOOK_TOPICS } from '../params';
import { Attempts } from './Attempts';
import { Quote } from '../../components/text';
import { ACTIONS } from '../words';

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

/** One failure: what was sent where, each attempt, what was done about it, and the actions. */
export function FailureView(props: { id: string }) {
  const classes = useStyles();
  const { t } = useTranslationRef(webhookMessages);
  const live = useLive(
    'GET /webhook-failures/:id',
    { params: { id: props.id } },
    { everyMs: 5_000, topics: WEBHOOK_TOPICS },
  );
  return (
    <Stack>
      <div className={classes.head}>
        <h2>{live.data?.eventType ?? t('failure.title')}</h2>
        {live.data && <StatusChip status={live.data.state} />}
      </div>
      <StaleNotice of={live} />
      <Loaded
        of={live}
        failure={t('failure.failure')}
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
  const { t } = useTranslationRef(webhookMessages);
  const [action, setAction] = useState<WebhookAction | 'pattern'>();
  // What was delivered has reached its end: sending it once more is no longer what one is here for.
  const isDone = failure.state === 'delivered';
  return (
    <>
      <div className={classes.head}>
        {(isDone ? [...ACTIONS].reverse() : ACTIONS).map(name => (
          <ActionButton
            key={name}
            capability={failure.actions[name]}
            rank={name === 'replay' && !isDone ? 'primary' : 'secondary'}
            onClick={() => setAction(name)}
          >
            {name === 'replay' && isDone
              ? t('actions.replayAgain')
              : t(`actions.${name}`)}
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
          {t('actions.mute')}
        </ActionButton>
      </div>
      <Facts
        facts={[
          [t('failure.tenant'), <TenantName tenant={failure.tenant} />],
          [t('failure.endpoint'), <Endpoint failure={failure} />],
          [
            t('failure.id'),
            <MiddleTruncate text={failure.webhookId} mono copy={t('copyId')} />,
          ],
          [t('failure.created'), <RelativeTime at={failure.createdAt} />],
          [
            t('failure.delivered'),
            failure.deliveredAt && <RelativeTime at={failure.deliveredAt} />,
          ],
          [
            t('failure.replayableUntil'),
            failure.replayableUntil && (
              <RelativeTime at={failure.replayableUntil} />
            ),
          ],
          [
            t('failure.reportedBy'),
            failure.source !== 'platform' &&
              t('failure.reportedOverHttp', {
                service: failure.source.replace(/^service:/, ''),
              }),
          ],
        ]}
      />
      <Section
        title={t('attempts.title')}
        aside={t('attempts.total', { count: failure.attempts })}
      >
        <Attempts attempts={failure.attemptLog} />
      </Section>
      <Section title={t('failure.payload.title')}>
        <Payload payload={failure.payload} />
      </Section>
      <Section
        title={t('failure.history')}
        aside={
          <AuditLink of={{ target: `webhook:${failure.id}` }}>
            {t('failure.audit')}
          </AuditLink>
        }
      >
        <ol className={classes.history}>
          {failure.history.map((event, i) => (
            <li key={i}>
              <Event of={event} />
              {event.reason && (
                <>
                  {' '}
                  <Quote text={event.reason} />
                </>
              )}
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

type FailureEvent = WebhookFailureDetail['history'][number];

function Event({ of: event }: { of: FailureEvent }) {
  const { t } = useTranslationRef(webhookMessages);
  const what = t(`failure.events.${event.kind}`, {
    time: <RelativeTime at={event.at} />,
  });
  return event.by
    ? t('failure.eventBy', { event: what, person: <Person of={event.by} /> })
    : what;
}

function Endpoint({ failure }: { failure: WebhookFailureDetail }) {
  const { t } = useTranslationRef(webhookMessages);
  const { state, since, circuit, retryAt } = failure.endpointState ?? {};
  return (
    <>
      {failure.endpoint}
      {failure.url && ` · ${failure.url}`}
      {state && state !== 'up' && since && (
        <>
          {' · '}
          {t(
            state === 'down' ? 'failure.endpointDown' : 'failure.endpointGone',
            { time: <RelativeTime at={since} /> },
          )}
          {circuit === 'open' && retryAt && (
            <>
              {' · '}
              {t('failure.circuitOpen', {
                time: <RelativeTime at={retryAt} />,
              })}
            </>
          )}
          {circuit === 'half-open' && ` · ${t('failure.circuitHalfOpen')}`}
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
  const { t } = useTranslationRef(webhookMessages);
  const { text, ...about } = props.payload;
  const payload = { ...asShown(about), text };
  const facts = [
    t('failure.payload.size', {
      type: payload.contentType,
      size: payload.size,
    }),
    payload.truncated && t('failure.payload.truncated'),
    payload.redacted.length > 0 &&
      t('failure.payload.redacted', { fields: payload.redacted.join(', ') }),
  ];
  return (
    <>
      <Typography variant="body2" color="textSecondary" gutterBottom>
        {facts.filter(Boolean).join(' · ')}
      </Typography>
      {payload.text === undefined ? (
        <Typography variant="body2">
          {payload.withheld
            ? t('failure.payload.hiddenBecause', { reason: payload.withheld })
            : t('failure.payload.hidden')}
        </Typography>
      ) : (
        <Json
          // what was cut, or is not JSON, is shown as it is
          value={indentJson(payload.text) ?? payload.text}
          label={t('failure.payload.label')}
        />
      )}
    </>
  );
}
