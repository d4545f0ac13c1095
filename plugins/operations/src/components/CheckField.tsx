import Checkbox from '@material-ui/core/Checkbox';
import FormControlLabel from '@material-ui/core/FormControlLabel';
import FormHelperText from '@material-ui/core/FormHelperText';

/** A checkbox with its label. */
export function CheckField(props: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** what is wrong with it as it is */
  problem?: string;
}) {
  const { problem } = props;
  return (
    <div>
      <FormControlLabel
        label={props.label}
        control={
          <Checkbox
            color="primary"
            checked={props.checked}
            inputProps={{ 'aria-invalid': problem !== undefined }}
            onChange={(_, checked) => props.onChange(checked)}
          />
        }
      />
      {problem !== undefined && (
        <FormHelperText error>{problem}</FormHelperText>
      )}
    </div>
  );
}
