import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { absoluteTime, ActionDialog, TextField } from '../components';
import { DateTime } from 'luxon';
import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import type { Kind } from './groups';
import { attentionMessages } from './messages';

const WEEK = 168;
const PRESETS = [1, 4, 24, WEEK];

/** Acknowledges an item, snoozes it until a time, or takes either back. */
export function AcknowledgeDialog(props: {
  item: AttentionItem;
  kind: Kind;
  onClose: () => void;
}) {
  const { t } = useTranslationRef(attentionMessages);
  const { item, kind } = props;
  const [hours, setHours] = useState(1);
  const until = DateTime.now().plus({ hours }).toUTC().toISO()!;
  const end = absoluteTime(until);
  const facts = {
    acknowledge: [t('dialog.facts.acknowledged'), t('dialog.facts.cause')],
    snooze: [
      t('dialog.facts.snoozed', { time: end }),
      t('dialog.facts.reopenEarlier'),
    ],
    reopen: [t('dialog.facts.reopen')],
  }[kind];
  return (
    <ActionDialog
      action={`attention.${kind}`}
      onClose={props.onClose}
      title={t('action.named', {
        action: t(`verb.${kind}`),
        item: item.title,
      })}
      button={t(`verb.${kind}`)}
      facts={facts}
      endpoint={`POST /attention/:id/${kind}` as const}
      params={{ id: item.id }}
      body={() => ({ ...(kind === 'snooze' && { until }) })}
      outcome={result =>
        t(`dialog.outcome.${outcomeOf(result.item.state)}`, {
          item: item.title,
        })
      }
    >
      {kind === 'snooze' && (
        <TextField
          select
          label={t('dialog.for')}
          value={hours}
          onChange={event => setHours(Number(event.target.value))}
          SelectProps={{ native: true }}
          inputProps={{ 'aria-label': t('dialog.forLabel') }}
        >
          {PRESETS.map(preset => (
            <option key={preset} value={preset}>
              {preset === WEEK
                ? t('dialog.week')
                : t('dialog.hours', { count: preset })}
            </option>
          ))}
        </TextField>
      )}
    </ActionDialog>
  );
}

function outcomeOf(state: AttentionItem['state']) {
  return state === 'acknowledged' || state === 'snoozed' ? state : 'open';
}
