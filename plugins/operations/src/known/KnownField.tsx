import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { TextFieldProps } from '@material-ui/core/TextField';
import { CheckField } from '../components/CheckField';
import TextField from '../components/TextField';
import { knownMessages } from './messages';
import type { Known } from './useKnown';

let count = 0;

/**
 * A text field that offers the names that are known, and asks for a tick where a good one was never
 * seen.
 */
export function KnownField(
  props: Omit<TextFieldProps, 'onChange'> & {
    known: Known;
    onChange: (text: string) => void;
    /** why the dialog cannot go on yet, where it was asked to */
    insist: boolean;
  },
) {
  const { t } = useTranslationRef(knownMessages);
  const [list] = useState(() => `operations-known-${++count}`);
  const { known, onChange, insist, ...field } = props;
  const { name, state } = known;
  const asks = !props.error && !props.disabled;
  const isStrange = asks && (state === 'unknown' || state === 'away');
  const said = () => {
    if (state === 'checking') return insist ? t('checking') : undefined;
    return state === 'away'
      ? t('away', { name })
      : t(`unknown.${known.kind}`, { name });
  };
  return (
    <div>
      <TextField
        {...field}
        onChange={event => onChange(event.target.value)}
        inputProps={{ ...field.inputProps, list, autoComplete: 'off' }}
        error={props.error || (isStrange && !known.ticked)}
        helperText={
          (isStrange || (asks && state === 'checking') ? said() : undefined) ??
          props.helperText
        }
      />
      <datalist id={list}>
        {known.options.map(option => (
          <option key={option} value={option} />
        ))}
      </datalist>
      {isStrange && (
        <CheckField
          label={t('nevertheless', { name })}
          checked={known.ticked}
          onChange={known.tick}
        />
      )}
    </div>
  );
}
