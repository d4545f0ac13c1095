import { useState } from 'react';
import { absoluteTime, ActionDialog, TextField } from '../components';
import { DateTime } from 'luxon';
import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import { VERBS, type Kind } from './words';

const PRESETS = [
  { title: '1 hour', hours: 1 },
  { title: '4 hours', hours: 4 },
  { title: 'until tomorrow', hours: 24 },
  { title: 'a week', hours: 168 },
];

/** Acknowledges an item, snoozes it until a time, or takes either back. */
export function AcknowledgeDialog(props: {
  item: AttentionItem;
  kind: Kind;
  onClose: () => void;
}) {
  const { item, kind } = props;
  const [hours, setHours] = useState(1);
  const until = DateTime.now().plus({ hours }).toUTC().toISO()!;
  const end = absoluteTime(until);
  const facts = {
    acknowledge: [
      'It moves below what is open, with your name and reason, and stops counting.',
      'It ends by itself when the cause is gone. You can take it back.',
    ],
    snooze: [
      `It is silent until ${end}, then it is open again if the cause still holds.`,
      'You can take it back.',
    ],
    reopen: ['It is open again, and counts.'],
  }[kind];
  return (
    <ActionDialog
      action={`attention.${kind}`}
      onClose={props.onClose}
      title={`${VERBS[kind]} ${item.title}`}
      button={VERBS[kind]}
      facts={facts}
      endpoint={`POST /attention/:id/${kind}` as const}
      params={{ id: item.id }}
      body={() => ({ ...(kind === 'snooze' && { until }) })}
      outcome={result => `${item.title}: ${result.item.state}.`}
    >
      {kind === 'snooze' && (
        <TextField
          select
          label="For"
          value={hours}
          onChange={event => setHours(Number(event.target.value))}
          SelectProps={{ native: true }}
          inputProps={{ 'aria-label': 'For how long' }}
        >
          {PRESETS.map(preset => (
            <option key={preset.hours} value={preset.hours}>
              {preset.title}
            </option>
          ))}
        </TextField>
      )}
    </ActionDialog>
  );
}
