import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import TextField from '../components/TextField';
import { bulkMessages } from './messages';

/** Slower than one in ten seconds is no pace that anybody waits for. */
const LEAST = 0.1;

/** How many a second, as somebody types it. */
export interface Pace {
  text: string;
  max: number;
  /** undefined: what is typed is no pace */
  perSecond: number | undefined;
  onChange: (text: string) => void;
}

export function usePace(usual: number, max: number): Pace {
  const [text, onChange] = useState(String(usual));
  const typed = Number(text);
  const isRight = typed >= LEAST && typed <= max;
  return { text, max, perSecond: isRight ? typed : undefined, onChange };
}

/** Asks how many a second a bulk action may begin. */
export function PaceField(props: { pace: Pace; label: string; help: string }) {
  const { t } = useTranslationRef(bulkMessages);
  const { text, max, perSecond, onChange } = props.pace;
  const wrong = perSecond === undefined;
  return (
    <TextField
      label={props.label}
      fullWidth={false}
      type="number"
      value={text}
      error={wrong}
      helperText={wrong ? t('wrongPace', { min: LEAST, max }) : props.help}
      inputProps={{ min: LEAST, max, step: 'any' }}
      onChange={event => onChange(event.target.value)}
    />
  );
}
