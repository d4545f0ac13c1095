import { useState } from 'react';
import { SelectField } from '../../components/TextField';
import { absoluteTime, ActionDialog, CheckField, HOUR } from '../../components';

const HOURS = [
  [1, 'one hour'],
  [4, 'four hours'],
  [24, 'a day'],
  [72, 'three days'],
  [168, 'a week'],
  [720, 'thirty days'],
] as const;

/** Suppresses further failures of an endpoint, or of one event type at it, until a time. */
export function PatternDialog(props: {
  tenant: string;
  endpoint: string;
  eventType: string;
  onClose: () => void;
}) {
  const [hours, setHours] = useState<number>(4);
  const [scope, setScope] = useState<'event' | 'endpoint'>('event');
  const [existing, setExisting] = useState(true);
  const until = new Date(Date.now() + hours * HOUR).toISOString();
  const end = absoluteTime(until);
  const what =
    scope === 'event'
      ? `${props.eventType} at ${props.endpoint}`
      : `everything at ${props.endpoint}`;
  return (
    <ActionDialog
      action="webhook.suppression.create"
      onClose={props.onClose}
      title={`Suppress ${what} of ${props.tenant}`}
      button="Suppress"
      facts={[
        `Until ${end}, further failures are recorded as suppressed and stay out of the inbox and of Attention. It ends by itself.`,
        'Deliveries go on being tried; nothing is dropped from the record.',
      ]}
      endpoint="POST /webhook-suppressions"
      body={() => ({
        tenant: props.tenant,
        endpoint: props.endpoint,
        ...(scope === 'event' && { eventType: props.eventType }),
        until,
        includeExisting: existing,
      })}
      outcome={result =>
        `Suppressed until ${absoluteTime(result.suppression.until)}.`
      }
    >
      <SelectField
        label="What"
        value={scope}
        onChange={setScope}
        choices={[
          ['event', `${props.eventType} at ${props.endpoint}`],
          ['endpoint', `Everything at ${props.endpoint}`],
        ]}
      />
      <SelectField
        label="For"
        value={hours}
        onChange={setHours}
        choices={HOURS}
      />
      <CheckField
        label="Also what of it is open now"
        checked={existing}
        onChange={setExisting}
      />
    </ActionDialog>
  );
}
