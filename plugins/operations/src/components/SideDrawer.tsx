import type { ReactNode } from 'react';
import Drawer from '@material-ui/core/Drawer';
import { styles, useRootStyles } from './styles';

const useStyles = styles('SideDrawer', theme => ({
  paper: {
    width: 'min(860px, 92vw)',
    padding: theme.spacing(2, 3, 3),
    boxSizing: 'border-box',
    backgroundImage: 'none',
    [theme.breakpoints.down('xs')]: {
      width: '100vw',
      padding: theme.spacing(1.5, 1.5, 3),
    },
  },
}));

/**
 * Opens a thing beside the list it was found in. Esc closes it, and the focus returns to where it
 * was.
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
      {props.children}
    </Drawer>
  );
}
