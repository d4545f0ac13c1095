import { useState } from 'react';
import MuiTextField, { type TextFieldProps } from '@material-ui/core/TextField';

let count = 0;

/**
 * * A small outlined field with an id of its own: without an id its label belongs to nothing, and
 * screen readers find a field without a name.
 */
export default function TextField(props: TextFieldProps) {
  const [id] = useState(() => `operations-field-${++count}`);
  const all = { id, size: 'small', variant: 'outlined', ...props };
  return <MuiTextField {...(all as TextFieldProps)} />;
}
