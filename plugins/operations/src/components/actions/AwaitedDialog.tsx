import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import CircularProgress from '@material-ui/core/CircularProgress';
import Dialog from '@material-ui/core/Dialog';
import DialogActions from '@material-ui/core/DialogActions';
import DialogContent from '@material-ui/core/DialogContent';
import { Button } from '../buttons';
import { commonMessages } from '../messages';
import { styles, useRootStyles } from '../styles';

const useStyles = styles('AwaitedDialog', theme => ({
  // not worth a flash where the dialog is there at once
  late: { animation: '$appear 1ms 300ms both' },
  '@keyframes appear': { from: { opacity: 0 }, to: { opacity: 1 } },
  sign: { padding: theme.spacing(2), overflow: 'hidden' },
}));

/**
 * A dialog that cannot show yet, since its code or what it is about has to be loaded. The page is
 * behind a dialog from the press of the button on, so that nobody opens a second one meanwhile.
 */
export function AwaitedDialog(props: {
  ready: boolean;
  onClose: () => void;
  /** why it is not ready, in place of the sign that it loads */
  problem?: ReactNode;
  /** the dialog; called when it is ready */
  children: () => ReactNode;
}) {
  return props.ready ? <>{props.children()}</> : <Waiting {...props} />;
}

function Waiting(props: { onClose: () => void; problem?: ReactNode }) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const root = useRootStyles();
  const { problem, onClose } = props;
  const late = problem ? '' : classes.late;
  return (
    <Dialog
      open
      onClose={onClose}
      transitionDuration={0}
      classes={{ paper: `${root.root} ${late}` }}
      BackdropProps={{ className: late }}
      PaperProps={{
        role: problem ? 'dialog' : 'status',
        'aria-label': t('actions.opening'),
        'aria-busy': !problem,
      }}
    >
      {problem ? (
        <>
          <DialogContent>{problem}</DialogContent>
          <DialogActions>
            <Button rank="tertiary" size="medium" onClick={onClose}>
              {t('actions.cancel')}
            </Button>
          </DialogActions>
        </>
      ) : (
        <div className={classes.sign}>
          <CircularProgress size={24} aria-hidden />
        </div>
      )}
    </Dialog>
  );
}
