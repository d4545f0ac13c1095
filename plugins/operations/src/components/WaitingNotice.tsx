import Button from '@material-ui/core/Button';
import ArrowUpward from '@material-ui/icons/ArrowUpward';
import { makeStyles } from '@material-ui/core/styles';

const useStyles = makeStyles(
  {
    root: {
      position: 'sticky',
      top: 8,
      zIndex: 2,
      height: 0,
      display: 'flex',
      justifyContent: 'center',
      '& button': { height: 30, textTransform: 'none' },
    },
  },
  { name: 'OperationsWaitingNotice' },
);

/** "3 new runs": what came while one was looking waits behind this, and takes no room until then. */
export function WaitingNotice(props: {
  text: string | undefined;
  onShow: () => void;
}) {
  const classes = useStyles();
  return (
    <div className={classes.root} role="status">
      {props.text && (
        <Button
          size="small"
          variant="contained"
          color="primary"
          startIcon={<ArrowUpward />}
          onClick={props.onShow}
        >
          {props.text}
        </Button>
      )}
    </div>
  );
}
