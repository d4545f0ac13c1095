import { useEffect, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Drawer from '@material-ui/core/Drawer';
import IconButton from '@material-ui/core/IconButton';
import Close from '@material-ui/icons/Close';
import { commonMessages } from './messages';
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
  close: {
    position: 'absolute',
    top: theme.spacing(1.5),
    right: theme.spacing(2),
  },
  content: {
    '& > section': { marginTop: 0 },
    // its heading leaves room for the button
    '& > * > :first-child': { paddingRight: theme.spacing(5) },
  },
}));

/**
 * Opens a thing beside the list it was found in. Esc and the button in its corner close it, and the
 * focus returns to where it was; to the head of the page where the drawer came with the address.
 */
export function SideDrawer(props: {
  label: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslationRef(commonMessages);
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
      <div className={classes.content}>{props.children}</div>
      <IconButton
        className={classes.close}
        aria-label={t('drawer.close')}
        onClick={props.onClose}
        size="small"
      >
        <Close />
      </IconButton>
    </Drawer>
  );
}

/** Within the drawer, and so gone when it has moved out of sight: until then it has the focus. */
function FocusAfterwards() {
  useEffect(() => () => void setTimeout(findFocus), []);
  return null;
}
