import type { KeyboardEventHandler, ReactNode } from 'react';
import Popover from '@material-ui/core/Popover';
import { useRootStyles } from './styles';

/** A dialog below the control that opened it; there is none while there is no such control. */
export function AnchoredPopover(props: {
  anchor: HTMLElement | null;
  onClose: () => void;
  label: string;
  className: string;
  onKeyDown?: KeyboardEventHandler<HTMLElement>;
  children: ReactNode;
}) {
  const { root } = useRootStyles();
  return (
    <Popover
      open={props.anchor !== null}
      anchorEl={props.anchor}
      onClose={props.onClose}
      anchorOrigin={{ vertical: 'bottom', horizontal: 'left' }}
      PaperProps={{
        className: `${root} ${props.className}`,
        role: 'dialog',
        'aria-label': props.label,
        onKeyDown: props.onKeyDown,
      }}
    >
      {props.children}
    </Popover>
  );
}
