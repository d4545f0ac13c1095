import Switch from '@material-ui/core/Switch';
import Tooltip from '@material-ui/core/Tooltip';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common/internal';
import { useExplanation } from './useExplanation';

/** A switch that, as `ActionButton` does, explains itself where the user may not change it. */
export function ActionSwitch(props: {
  capability: Capability | undefined;
  checked: boolean;
  label: string;
  onChange: () => void;
}) {
  const { capability, checked, label } = props;
  const why = useExplanation(capability, label);
  const off = !capability?.allowed;
  const control = (
    <Switch
      size="small"
      color={off ? 'default' : 'primary'}
      checked={checked}
      onChange={event => (off ? why.open(event.target) : props.onChange())}
      inputProps={{
        'aria-label': label,
        'aria-disabled': off || undefined,
      }}
      style={off ? { opacity: 0.6, cursor: 'help' } : undefined}
    />
  );
  if (!off) return control;
  return (
    <>
      <Tooltip title={why.tooltip}>{control}</Tooltip>
      {why.popover}
    </>
  );
}
