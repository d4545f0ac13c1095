import { useState } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import Checkbox from '@material-ui/core/Checkbox';
import FormControlLabel from '@material-ui/core/FormControlLabel';
import MenuItem from '@material-ui/core/MenuItem';
import TextField from '../../components/TextField';
import { operationsApiRef } from '../../api';
import { ActionDialog } from '../../components/actions';
import { absoluteTime } from '../../components/time';
import { useRefreshAll } from '../../jobs/dialogs/useRefreshAfter';

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
  const api = useApi(operationsApiRef);
  const refresh = useRefreshAll();
  const [hours, setHours] = useState(4);
  const [scope, setScope] = useState<'event' | 'endpoint'>('event');
  const [existing, setExisting] = useState(true);
  const until = new Date(Date.now() + hours * 3600_000).toISOString();
  const what =
    scope === 'event'
      ? `${props.eventType} at ${props.endpoint}`
      : `everything at ${props.endpoint}`;
  return (
    <ActionDialog
      open
      action="webhook.suppression.create"
      onClose={props.onClose}
      verb="Suppress"
      object={`${what} of ${props.tenant}`}
      facts={[
        `Until ${absoluteTime(
          until,
        )}, further failures are recorded as suppressed and stay out of the inbox and of Attention. It ends by itself.`,
        'Deliveries go on being tried; nothing is dropped from the record.',
      ]}
      perform={async ({ reason, idempotencyKey }) => {
        const result = await api.webhooks.createSuppression(
          {
            tenant: props.tenant,
            endpoint: props.endpoint,
            ...(scope === 'event' && { eventType: props.eventType }),
            until,
            includeExisting: existing,
            reason,
          },
          idempotencyKey,
        );
        refresh();
        return result;
      }}
      outcome={result => ({
        text: `Suppressed until ${absoluteTime(result.suppression.until)}.`,
        links: [
          {
            title: 'Audit row',
            to: `/operations/audit?entry=${result.auditId}`,
          },
        ],
      })}
    >
      <TextField
        select
        label="What"
        size="small"
        variant="outlined"
        fullWidth
        value={scope}
        onChange={event => setScope(event.target.value as typeof scope)}
      >
        <MenuItem value="event">
          {props.eventType} at {props.endpoint}
        </MenuItem>
        <MenuItem value="endpoint">Everything at {props.endpoint}</MenuItem>
      </TextField>
      <TextField
        select
        label="For"
        size="small"
        variant="outlined"
        fullWidth
        value={hours}
        onChange={event => setHours(Number(event.target.value))}
      >
        {HOURS.map(([value, title]) => (
          <MenuItem key={value} value={value}>
            {title}
          </MenuItem>
        ))}
      </TextField>
      <FormControlLabel
        control={
          <Checkbox
            color="primary"
            checked={existing}
            onChange={(_, on) => setExisting(on)}
          />
        }
        label="Also what of it is open now"
      />
    </ActionDialog>
  );
}
