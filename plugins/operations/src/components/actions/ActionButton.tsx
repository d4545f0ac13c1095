import { useState, type ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Button, { type ButtonProps } from '@material-ui/core/Button';
import Popover from '@material-ui/core/Popover';
import Tooltip from '@material-ui/core/Tooltip';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common';
import { useRootStyles } from '../root';
import { Explanation } from './Explanation';

const useStyles = makeStyles(
  theme => ({
    // `aria-disabled`, not `disabled`: what cannot be focused cannot be explained
    off: {
      color: theme.palette.text.secondary,
      borderColor: theme.palette.divider,
      borderStyle: 'dashed',
      opacity: 0.75,
      cursor: 'help',
      boxShadow: 'none',
      backgroundColor: 'transparent',
      '&:hover': { backgroundColor: 'transparent', boxShadow: 'none' },
    },
    popover: { padding: theme.spacing(2), maxWidth: 360 },
  }),
  { name: 'OperationsActionButton' },
);

/**
 * A button for what one may or may not do. Where one may not, it says on hover and focus which rule or permission stands against it;
 * pressing it (a touch has no hover) opens the explanation with the link to whom to ask.
 */
export function ActionButton(props: {
  capability: Capability | undefined;
  children: ReactNode;
  /** the full name, where the visible text is not enough: "Run daily-mrr-rollup" */
  label?: string;
  onClick: () => void;
  icon?: ReactNode;
  size?: ButtonProps['size'];
  variant?: ButtonProps['variant'];
  color?: ButtonProps['color'];
}) {
  const classes = useStyles();
  const root = useRootStyles();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { capability } = props;
  const common = {
    size: props.size ?? 'small',
    variant: props.variant ?? 'outlined',
    startIcon: props.icon,
    'aria-label': props.label,
  } as const;

  if (capability?.allowed) {
    return (
      <Button {...common} color={props.color} onClick={props.onClick}>
        {props.children}
      </Button>
    );
  }
  const reason = capability?.reason ?? 'Not known yet whether you may do this.';
  return (
    <>
      <Tooltip title={anchor ? '' : reason}>
        <Button
          {...common}
          variant="outlined"
          className={classes.off}
          aria-disabled
          aria-haspopup="dialog"
          disableRipple
          onClick={event => {
            event.stopPropagation();
            setAnchor(event.currentTarget);
          }}
        >
          {props.children}
        </Button>
      </Tooltip>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'left' }}
        PaperProps={{
          className: `${root.root} ${classes.popover}`,
          role: 'dialog',
          'aria-label': `Why ${props.label ?? 'this'} is off`,
        }}
      >
        <Explanation capability={{ allowed: false, ...capability, reason }} />
      </Popover>
    </>
  );
}
