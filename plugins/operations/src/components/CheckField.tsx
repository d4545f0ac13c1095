import Checkbox from '@material-ui/core/Checkbox';
import FormControlLabel from '@material-ui/core/FormControlLabel';

/** A checkbox with its label. */
export function CheckField(props: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <FormControlLabel
      label={props.label}
      control={
        <Checkbox
          color="primary"
          checked={props.checked}
          onChange={(_, checked) => props.onChange(checked)}
        />
      }
    />
  );
}
