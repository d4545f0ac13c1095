import type { ReactNode } from 'react';
import Button, { type ButtonProps } from '@material-ui/core/Button';
import Tooltip from '@material-ui/core/Tooltip';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common/internal';
import { quietText, styles } from '../styles';
import { useExplanation } from './useExplanation';

const useStyles = styles('ActionButton', theme => ({
  // `aria-disabled`, not `disabled`: a disabled button cannot be focused, and so not explained
  off: {
    color: quietText(theme),
    borderColor: theme.palette.divider,
    borderStyle: 'dashed',
    opacity: 0.75,
    cursor: 'help',
    boxShadow: 'none',
    backgroundColor: 'transparent',
    '&:hover': { backgroundColor: 'transparent', boxShadow: 'none' },
  },
}));

/**
 * A button for an action. Where the user may not act, the button names the rule or permission on
 * hover and focus; pressing it opens the explanation, with who has the permission and whom to ask.
 */
export function ActionButton(
  props: {
    capability: Capability | undefined;
    children: ReactNode;
    /** the full name, where the visible text is not enough: "Run daily-mrr-rollup" */
    label?: string;
    onClick: () => void;
    icon?: ReactNode;
    /** the action that the page or the row is for */
    primary?: boolean;
  } & Pick<ButtonProps, 'size' | 'variant' | 'color'>,
) {
  const classes = useStyles();
  const { capability } = props;
  const why = useExplanation(capability, props.label);
  const common = {
    size: props.size ?? 'small',
    variant: props.variant ?? (props.primary ? 'contained' : 'outlined'),
    startIcon: props.icon,
    'aria-label': props.label,
  } as const;

  if (capability?.allowed) {
    return (
      <Button
        {...common}
        color={props.primary ? 'primary' : props.color}
        onClick={props.onClick}
      >
        {props.children}
      </Button>
    );
  }
  return (
    <>
      <Tooltip title={why.tooltip}>
        <Button
          {...common}
          variant="outlined"
          className={classes.off}
          aria-disabled
          aria-haspopup="dialog"
          disableRipple
          onClick={event => {
            event.stopPropagation();
            why.open(event.currentTarget);
          }}
        >
          {props.children}
        </Button>
      </Tooltip>
      {why.popover}
    </>
  );
}
