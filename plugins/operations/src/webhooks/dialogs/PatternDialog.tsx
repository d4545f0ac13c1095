import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { SelectField } from '../../components/TextField';
import { absoluteTime, ActionDialog, CheckField, HOUR } from '../../components';
import { webhookMessages } from '../messages';

const HOURS = [1, 4, 24, 72, 168, 720] as const;

/** Mutes an endpoint, or one event type at it: suppresses further failures until a time. */
export function PatternDialog(props: {
  tenant: string;
  endpoint: string;
  eventType: string;
  onClose: () => void;
}) {
  const { t } = useTranslationRef(webhookMessages);
  const [hours, setHours] = useState<(typeof HOURS)[number]>(4);
  const [scope, setScope] = useState<'event' | 'endpoint'>('event');
  const [existing, setExisting] = useState(true);
  const until = new Date(Date.now() + hours * HOUR).toISOString();
  const end = absoluteTime(until);
  const { tenant, endpoint, eventType: event } = props;
  const title =
    scope === 'event'
      ? t('mute.titleEvent', { event, endpoint, tenant })
      : t('mute.titleEndpoint', { endpoint, tenant });
  return (
    <ActionDialog
      action="webhook.suppression.create"
      onClose={props.onClose}
      title={title}
      button={t('mute.button')}
      facts={[t('mute.until', { time: end }), t('mute.unchanged')]}
      endpoint="POST /webhook-suppressions"
      body={() => ({
        tenant,
        endpoint,
        ...(scope === 'event' && { eventType: event }),
        until,
        includeExisting: existing,
      })}
      outcome={result =>
        t('mute.outcome', { time: absoluteTime(result.suppression.until) })
      }
    >
      <SelectField
        label={t('mute.what')}
        value={scope}
        onChange={setScope}
        choices={[
          ['event', t('mute.event', { event, endpoint })],
          ['endpoint', t('mute.endpoint', { endpoint })],
        ]}
      />
      <SelectField
        label={t('mute.for')}
        value={hours}
        onChange={setHours}
        choices={HOURS.map(n => [n, t(`mute.durations.${n}`)])}
      />
      <CheckField
        label={t('mute.existing')}
        checked={existing}
        onChange={setExisting}
      />
    </ActionDialog>
  );
}
