import type { ReactNode } from 'react';
import Tooltip from '@material-ui/core/Tooltip';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common/internal';
import { Button, type ButtonRank } from '../buttons';
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
export function ActionButton(props: {
  capability: Capability | undefined;
  children: ReactNode;
  /** the full name, where the visible text is not enough: "Run daily-mrr-rollup" */
  label?: string;
  onClick: () => void;
  icon?: ReactNode;
  /** default: secondary */
  rank?: ButtonRank;
  size?: 'small' | 'medium';
}) {
  const classes = useStyles();
  const { capability } = props;
  const why = useExplanation(capability, props.label);
  const common = {
    size: props.size ?? 'small',
    startIcon: props.icon,
    'aria-label': props.label,
  } as const;

  if (capability?.allowed) {
    return (
      <Button {...common} rank={props.rank} onClick={props.onClick}>
        {props.children}
      </Button>
    );
  }
  return (
    <>
      <Tooltip title={why.tooltip}>
        <Button
          {...common}
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
