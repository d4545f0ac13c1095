import { useState } from 'react';
import MuiTextField, { type TextFieldProps } from '@material-ui/core/TextField';

let count = 0;

/** MUI's, with an id of its own: without one its label belongs to nothing, and screen readers find a field without a name. */
export default function TextField(props: TextFieldProps) {
  const [id] = useState(() => `operations-field-${++count}`);
  return <MuiTextField id={id} {...props} />;
}
