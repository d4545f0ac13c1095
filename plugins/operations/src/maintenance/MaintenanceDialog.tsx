import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { SelectField } from '../components/TextField';
import type { MaintenanceMode } from '@craft-easy/backstage-plugin-operations-common/internal';
import { paired, styles } from '../components/styles';
import { ActionDialog } from '../components/actions';
import { CheckField } from '../components/CheckField';
import { reasonMessages } from '../components/reasons/messages';
import { tenantFaultText } from '../components/reasons/words';
import { HOUR, viewerZone } from '../components/time';
import { LocalTimeField } from '../components/LocalTimeField';
import { localText, NO_TIME } from '../components/localTime';
import { endAfter, EndField } from '../controls/EndField';
import { KnownField } from '../known/KnownField';
import { useKnown } from '../known/useKnown';
import { BannerPreview, beginFacts } from './begin';
import { maintenanceMessages } from './messages';
import {
  messageProblem,
  MessagesField,
  messagesOf,
  type Message,
} from './MessagesField';
import { stateText } from './words';

const useStyles = styles('MaintenanceDialog', theme => ({
  pair: paired(theme),
}));

const MODES = ['read-only', 'offline'] as const satisfies MaintenanceMode[];

/** Begins or plans maintenance, and previews the banner that users will see. */
export function MaintenanceDialog(props: {
  tenant: string;
  onClose: () => void;
}) {
  const classes = useStyles();
  const { t } = useTranslationRef(maintenanceMessages);
  const { t: reasons } = useTranslationRef(reasonMessages);
  const [now] = useState(Date.now);
  const [whole, setWhole] = useState(false);
  const [tenant, setTenant] = useState(props.tenant);
  const [mode, setMode] = useState<MaintenanceMode>('read-only');
  const [begin, setBegin] = useState(NO_TIME);
  const [end, setEnd] = useState(() => endAfter(now, HOUR));
  const [announce, setAnnounce] = useState(true);
  const [holdJobs, setHoldJobs] = useState(true);
  const [messages, setMessages] = useState<Message[]>([
    { language: 'en', text: '' },
  ]);

  const start = begin.text ? begin.at : now;
  const planned = begin.text !== '' && start !== undefined && start > now;
  const known = useKnown('tenant', whole ? undefined : tenant);
  const problemOfTenant = whole
    ? undefined
    : tenantFaultText(reasons, tenant.trim());
  let endProblem: string | undefined;
  if (end.at === undefined) endProblem = t('dialog.noEnd');
  else if (start !== undefined && end.at <= start) {
    endProblem = t('dialog.endTooEarly');
  }
  const scope = whole ? t('platform') : tenant.trim() || t('dialog.someTenant');

  return (
    <ActionDialog
      action="maintenance.begin"
      danger={mode === 'offline'}
      onClose={props.onClose}
      title={
        planned
          ? t('dialog.plan.title', { scope })
          : t('dialog.begin.title', { scope })
      }
      button={planned ? t('dialog.plan.button') : t('dialog.begin.button')}
      facts={beginFacts(t, {
        scope,
        mode,
        startsAt: planned ? start : undefined,
      })}
      valid={
        !problemOfTenant &&
        !endProblem &&
        start !== undefined &&
        !messages.some(m => messageProblem(t, m, messages)) &&
        (whole || known.usable)
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
          ? t('dialog.plan.outcome', { scope })
          : stateText(t, window, true)
      }
    >
      {insist => (
        <>
          <div className={classes.pair}>
            <KnownField
              known={known}
              insist={insist}
              label={t('dialog.tenant')}
              required={!whole}
              disabled={whole}
              // eslint-disable-next-line jsx-a11y/no-autofocus
              autoFocus
              value={whole ? '' : tenant}
              onChange={setTenant}
              error={insist && problemOfTenant !== undefined}
              helperText={insist ? problemOfTenant : undefined}
            />
            <CheckField
              label={t('dialog.wholePlatform')}
              checked={whole}
              onChange={setWhole}
            />
          </div>
          <SelectField
            label={t('dialog.mode')}
            value={mode}
            onChange={setMode}
            choices={MODES.map(one => [one, t(`dialog.modes.${one}`)])}
          />
          <LocalTimeField
            label={t('dialog.beginsAt')}
            min={localText(now)}
            value={begin}
            onChange={next => {
              setBegin(next);
              if (next.at !== undefined && (end.at ?? 0) <= next.at) {
                setEnd(endAfter(next.at, HOUR));
              }
            }}
            help={t('dialog.beginsAtHelp', { zone: viewerZone() })}
          />
          <EndField
            from={start ?? now}
            value={end}
            onChange={setEnd}
            problem={endProblem}
          />
          <MessagesField value={messages} onChange={setMessages} />
          <BannerPreview
            mode={mode}
            message={messages[0].text}
            endsAt={end.at}
          />
          {planned && (
            <CheckField
              label={t('dialog.announce')}
              checked={announce}
              onChange={setAnnounce}
            />
          )}
          {mode === 'offline' && (
            <CheckField
              label={t('dialog.holdJobs')}
              checked={holdJobs}
              onChange={setHoldJobs}
            />
          )}
        </>
      )}
    </ActionDialog>
  );
}
