import { useEffect, type ReactNode } from 'react';
import Drawer from '@material-ui/core/Drawer';
import { findFocus } from './moveFocus';
import { styles, useRootStyles } from './styles';

const useStyles = styles('SideDrawer', theme => ({
  paper: {
    width: 'min(860px, 92vw)',
    padding: theme.spacing(2, 3, 3),
    boxSizing: 'border-box',
    backgroundImage: 'none',
    // names may be longer than a phone is wide
    overflowWrap: 'anywhere',
    [theme.breakpoints.down('xs')]: {
      width: '100vw',
      padding: theme.spacing(1.5, 1.5, 3),
    },
  },
}));

/**
 * Opens a thing beside the list it was found in. Esc closes it, and the focus returns to where it
 * was; to the head of the page where the drawer came with the address.
 */
export function SideDrawer(props: {
  label: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const classes = useStyles();
  const root = useRootStyles();
  return (
    <Drawer
      anchor="right"
      open={props.open}
      onClose={props.onClose}
      classes={{ paper: `${root.root} ${classes.paper}` }}
      PaperProps={{ role: 'dialog', 'aria-label': props.label }}
    >
      <FocusAfterwards />
      {props.children}
    </Drawer>
  );
}

/** Within the drawer, and so gone when it has moved out of sight: until then it has the focus. */
function FocusAfterwards() {
  useEffect(() => () => void setTimeout(findFocus), []);
  return null;
}
