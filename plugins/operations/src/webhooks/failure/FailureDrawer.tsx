import { makeStyles } from '@material-ui/core/styles';
import Drawer from '@material-ui/core/Drawer';
import { useRootStyles } from '../../components/root';
import { FailureView } from './FailureView';

const useStyles = makeStyles(
  theme => ({
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
  }),
  { name: 'OperationsFailureDrawer' },
);

/** A failure, opened beside the list; open or not is in the URL. Esc closes. */
export function FailureDrawer(props: {
  id: string | undefined;
  onClose: () => void;
}) {
  const classes = useStyles();
  const root = useRootStyles();
  return (
    <Drawer
      anchor="right"
      open={props.id !== undefined}
      onClose={props.onClose}
      classes={{ paper: `${root.root} ${classes.paper}` }}
      PaperProps={{ role: 'dialog', 'aria-label': 'Failed webhook' }}
    >
      {props.id && (
        <FailureView key={props.id} id={props.id} onClose={props.onClose} />
      )}
    </Drawer>
  );
}
