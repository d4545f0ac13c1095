import { useState } from 'react';
import TextField, { SelectField } from '../components/TextField';
import {
  tenantProblem,
  type MaintenanceMode,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { paired, styles, tinted } from '../components/styles';
import { ActionDialog } from '../components/actions';
import { CheckField } from '../components/CheckField';
import { absoluteTime, HOUR, viewerZone } from '../components/time';
import { endAfter, EndField, localText, readLocal } from '../controls/EndField';
import {
  messageProblem,
  MessagesField,
  messagesOf,
  type Message,
} from './MessagesField';

const useStyles = styles('MaintenanceDialog', theme => ({
  pair: paired(theme),
  banner: {
    padding: theme.spacing(1, 1.5),
    borderRadius: theme.shape.borderRadius,
    fontSize: '0.875rem',
    ...tinted(theme, 'warn'),
  },
  offline: tinted(theme, 'bad'),
}));

const SAYS: Record<MaintenanceMode, string> = {
  'read-only': 'Maintenance: reading works, changes do not',
  offline: 'Offline for maintenance',
};

/** Begins or plans maintenance, and previews the banner that users will see. */
export function MaintenanceDialog(props: {
  tenant: string;
  onClose: () => void;
}) {
  const classes = useStyles();
  const [now] = useState(Date.now);
  const [whole, setWhole] = useState(false);
  const [tenant, setTenant] = useState(props.tenant);
  const [mode, setMode] = useState<MaintenanceMode>('read-only');
  const [startText, setStartText] = useState('');
  const [end, setEnd] = useState(() => endAfter(now, HOUR));
  const [announce, setAnnounce] = useState(true);
  const [holdJobs, setHoldJobs] = useState(true);
  const [messages, setMessages] = useState<Message[]>([
    { language: 'en', text: '' },
  ]);

  const start = startText ? readLocal(startText) : now;
  const planned = startText !== '' && start !== undefined && start > now;
  const problemOfTenant = whole ? undefined : tenantProblem(tenant.trim());
  let endProblem: string | undefined;
  if (end.at === undefined) endProblem = 'Say until when';
  else if (start !== undefined && end.at <= start) {
    endProblem = 'Must be after the beginning';
  }
  const who = whole ? 'the whole platform' : tenant.trim() || 'a tenant';
  const effect =
    mode === 'offline'
      ? `${who} cannot be used: every request but the allow-list is answered with 503.`
      : `${who} can be read but not changed: writes are answered with 503.`;

  return (
    <ActionDialog
      action="maintenance.begin"
      danger={mode === 'offline'}
      onClose={props.onClose}
      title={`${planned ? 'Plan' : 'Begin'} maintenance of ${who}`}
      button={planned ? 'Plan' : 'Begin'}
      facts={[
        effect,
        planned
          ? `It begins by itself at ${absoluteTime(
              start!,
            )}, and ends by itself.`
          : 'It begins now, within a second, and ends by itself.',
        'You can end it at any moment; this portal is never locked.',
      ]}
      valid={
        !problemOfTenant &&
        !endProblem &&
        start !== undefined &&
        !messages.some(m => messageProblem(m, messages))
      }
      endpoint="POST /maintenance"
      body={() => ({
        scope: whole
          ? { kind: 'platform' as const }
          : { kind: 'tenant' as const, tenant: tenant.trim() },
        mode,
        startsAt: planned ? new Date(start!).toISOString() : undefined,
        endsAt: new Date(end.at!).toISOString(),
        announceAt:
          planned && announce ? new Date(now).toISOString() : undefined,
        timezone: viewerZone(),
        messages: messagesOf(messages),
        holdJobs,
      })}
      outcome={({ window }) =>
        planned
          ? `Maintenance of ${who} is planned.`
          : `${who} is ${window.mode} now.`
      }
    >
      {insist => (
        <>
          <div className={classes.pair}>
            <TextField
              label="Tenant"
              required={!whole}
              disabled={whole}
              // eslint-disable-next-line jsx-a11y/no-autofocus
              autoFocus
              value={whole ? '' : tenant}
              onChange={event => setTenant(event.target.value)}
              error={insist && problemOfTenant !== undefined}
              helperText={insist ? problemOfTenant : undefined}
            />
            <CheckField
              label="The whole platform"
              checked={whole}
              onChange={setWhole}
            />
          </div>
          <SelectField
            label="Mode"
            value={mode}
            onChange={setMode}
            choices={[
              ['read-only', 'Read-only: reading works'],
              ['offline', 'Offline: nothing works'],
            ]}
          />
          <TextField
            type="datetime-local"
            label="Begins at"
            InputLabelProps={{ shrink: true }}
            inputProps={{ min: localText(now) }}
            value={startText}
            onChange={event => {
              setStartText(event.target.value);
              const at = readLocal(event.target.value);
              if (at !== undefined && (end.at ?? 0) <= at)
                setEnd(endAfter(at, HOUR));
            }}
            helperText={`Empty: now. In your time zone, ${viewerZone()}.`}
          />
          <EndField
            from={start ?? now}
            value={end}
            onChange={setEnd}
            problem={endProblem}
          />
          <MessagesField value={messages} onChange={setMessages} />
          <div
            className={`${classes.banner} ${
              mode === 'offline' ? classes.offline : ''
            }`}
            role="note"
            aria-label="The banner as users see it"
          >
            <strong>{SAYS[mode]}</strong> {messages[0].text}{' '}
            {end.at !== undefined && <>until {absoluteTime(end.at)}</>}
          </div>
          {planned && (
            <CheckField
              label="Announce it to users from now on"
              checked={announce}
              onChange={setAnnounce}
            />
          )}
          {mode === 'offline' && (
            <CheckField
              label="Its jobs wait until the end"
              checked={holdJobs}
              onChange={setHoldJobs}
            />
          )}
        </>
      )}
    </ActionDialog>
  );
}
