import {
  createContext,
  useCallback,
  useContext,
  useState,
  type ReactNode,
} from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import IconButton from '@material-ui/core/IconButton';
import Snackbar from '@material-ui/core/Snackbar';
import SnackbarContent from '@material-ui/core/SnackbarContent';
import Close from '@material-ui/icons/Close';
import { Link } from '@backstage/core-components';
import { commonMessages } from './messages';
import { styles } from './styles';
import { Button } from './buttons';

/**
 * The outcome of an action, with links to what it made and to its audit row, and a way to undo it
 * where there is one.
 */
export interface Outcome {
  text: string;
  links?: Array<{ title: string; to: string }>;
  undo?: { title: string; onClick: () => void };
  /** keys of the rows that it made: lists show them at once, and mark them */
  made?: string[];
}

const useStyles = styles('Outcomes', theme => ({
  links: {
    display: 'inline-flex',
    gap: theme.spacing(2),
    marginLeft: theme.spacing(2),
    '& a': { color: 'inherit', textDecoration: 'underline' },
  },
}));

const Context = createContext<(outcome: Outcome) => void>(() => {});
const NOTHING: ReadonlySet<string> = new Set();
const Made = createContext(NOTHING);

/** Returns a function that shows an outcome to the user. */
export function useOutcome(): (outcome: Outcome) => void {
  return useContext(Context);
}

/** The keys of the rows that the user's actions have made on this page. */
export function useMade(): ReadonlySet<string> {
  return useContext(Made);
}

/** Shows the outcome of the last action within it; the message stays while the pointer is on it. */
export function OutcomeProvider(props: { children: ReactNode }) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const [current, setCurrent] = useState<Outcome & { id: number }>();
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState(NOTHING);
  const show = useCallback((outcome: Outcome) => {
    const keys = outcome.made;
    if (keys) setMade(before => new Set([...before, ...keys]));
    setCurrent(before => ({ ...outcome, id: (before?.id ?? 0) + 1 }));
    setOpen(true);
  }, []);
  const close = useCallback(() => setOpen(false), []);
  const action = (
    <>
      {current?.undo && (
        <Button
          rank="tertiary"
          inherits
          onClick={() => {
            close();
            current.undo?.onClick();
          }}
        >
          {current.undo.title}
        </Button>
      )}
      <IconButton
        size="small"
        color="inherit"
        aria-label={t('dismiss')}
        onClick={close}
      >
        <Close fontSize="small" />
      </IconButton>
    </>
  );
  return (
    <Context.Provider value={show}>
      <Made.Provider value={made}>{props.children}</Made.Provider>
      <Snackbar
        key={current?.id}
        open={open}
        autoHideDuration={12_000}
        onClose={(_, reason) => reason !== 'clickaway' && close()}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'left' }}
      >
        <SnackbarContent
          role="status"
          message={
            <>
              {current?.text}
              {current?.links && (
                <span className={classes.links}>
                  {current.links.map(link => (
                    <Link key={link.title} to={link.to} onClick={close}>
                      {link.title}
                    </Link>
                  ))}
                </span>
              )}
            </>
          }
          action={action}
        />
      </Snackbar>
    </Context.Provider>
  );
}
