import { useState, type ReactNode } from 'react';
import MenuItem from '@material-ui/core/MenuItem';
import MuiTextField, { type TextFieldProps } from '@material-ui/core/TextField';

let count = 0;

/**
 * A small outlined field, as wide as its place, with an id of its own: without an id its label
 * belongs to nothing, and screen readers find a field without a name.
 */
export default function TextField(props: TextFieldProps) {
  const [id] = useState(() => `operations-field-${++count}`);
  const all = {
    id,
    size: 'small',
    variant: 'outlined',
    fullWidth: true,
    ...props,
  };
  return <MuiTextField {...(all as TextFieldProps)} />;
}

/** Chooses one of a few values; `choices` are the values with their texts. */
export function SelectField<V extends string | number>(
  props: Omit<TextFieldProps, 'value' | 'onChange' | 'children' | 'select'> & {
    value: V;
    onChange: (value: V) => void;
    choices: ReadonlyArray<readonly [V, ReactNode]>;
  },
) {
  const { choices, onChange, ...field } = props;
  return (
    <TextField
      {...field}
      select
      onChange={event => onChange(event.target.value as V)}
    >
      {choices.map(([value, text]) => (
        <MenuItem key={value} value={value}>
          {text}
        </MenuItem>
      ))}
    </TextField>
  );
}
