import {
  useEffect,
  useRef,
  useState,
  type FormEvent,
  type ReactNode,
} from 'react';
import { useTheme } from '@material-ui/core/styles';
import useMediaQuery from '@material-ui/core/useMediaQuery';
import Button from '@material-ui/core/Button';
import CircularProgress from '@material-ui/core/CircularProgress';
import Dialog from '@material-ui/core/Dialog';
import DialogActions from '@material-ui/core/DialogActions';
import DialogContent from '@material-ui/core/DialogContent';
import DialogTitle from '@material-ui/core/DialogTitle';
import { useApi } from '@backstage/core-plugin-api';
import { ApprovalRequested } from '@craft-easy/backstage-plugin-operations-common';
import { ErrorNotice } from '../ErrorNotice';
import { statusCodeOf } from '../errors';
import { styles, useRootStyles } from '../styles';
import { useOutcome, type Outcome } from '../Outcomes';
import { tones } from '../tones';
import { operationsApiRef, type OperationsApi } from '../../api';
import { useRefreshAll } from '../../hooks/useLive';
import { useLinks } from '../../links';
import { ReasonField, reasonProblem, useReasons } from './ReasonField';
import { approvalOutcome, SecondPersonFact } from './SecondPerson';

const useStyles = styles('ActionDialog', theme => ({
  title: { paddingBottom: 0, '& h2': { overflowWrap: 'anywhere' } },
  facts: {
    margin: theme.spacing(0, 0, 2),
    paddingLeft: theme.spacing(2.5),
    '& li': { marginBottom: 4 },
  },
  form: { '& > * + *': { marginTop: theme.spacing(2) } },
  danger: {
    color: theme.palette.getContrastText(tones(theme).bad.solid),
    backgroundColor: tones(theme).bad.solid,
    '&:hover': {
      backgroundColor: tones(theme).bad.solid,
      filter: 'brightness(0.92)',
    },
  },
}));

/** What {@link ActionDialog} needs to know of an action. */
export interface ActionDialogProps<R> {
  onClose: () => void;
  /** "Retry": begins the title, and is the button */
  verb: string;
  /** "weekly-license-renewal-reminder": the rest of the title */
  object: string;
  /**
   * what will happen, to what, for whom, how much, until when, and whether it can be undone, a
   * sentence each
   */
  facts: ReactNode[];
  /** further fields of the form */
  children?: ReactNode;
  /** returns false where the form has a problem; the fields show which */
  validate?: () => boolean;
  /** red, for an action that takes something away */
  danger?: boolean;
  /** the name in the audit trail; the dialog looks up whether the action needs a second person */
  action: string;
  perform: (
    api: OperationsApi,
    input: { reason: string; idempotencyKey: string },
  ) => Promise<R>;
  /** what to say afterwards; the dialog adds the link to the audit row */
  outcome: (result: R) => string | Outcome;
  /** further filters of the link to the audit row, or another row */
  auditOf?: (result: R) => { job?: string; entry?: string };
}

/**
 * The dialog of every mutation. Each opening has its own Idempotency-Key, so that a double click,
 * Enter pressed twice, or another try after the network failed has one effect. Errors show inside
 * the dialog, and what was typed stays.
 */
export function ActionDialog<R extends { auditId?: string }>(
  props: ActionDialogProps<R>,
) {
  const fullScreen = useMediaQuery(useTheme().breakpoints.down('xs'));
  const [busy, setBusy] = useState(false);
  const root = useRootStyles();
  return (
    <Dialog
      open
      // not while the action is under way: its answer would have nowhere to go
      onClose={busy ? undefined : props.onClose}
      fullWidth
      maxWidth="sm"
      fullScreen={fullScreen}
      classes={{ paper: root.root }}
      aria-labelledby="operations-action-title"
    >
      <ActionForm {...props} busy={busy} setBusy={setBusy} />
    </Dialog>
  );
}

function ActionForm<R extends { auditId?: string }>(
  props: ActionDialogProps<R> & {
    busy: boolean;
    setBusy: (busy: boolean) => void;
  },
) {
  const classes = useStyles();
  const { reasons, remember } = useReasons();
  const show = useOutcome();
  const api = useApi(operationsApiRef);
  const refreshAll = useRefreshAll();
  const links = useLinks();
  const [reason, setReason] = useState('');
  const [insist, setInsist] = useState(false);
  const [error, setError] = useState<unknown>();
  const reasonInput = useRef<HTMLTextAreaElement>(null);
  const key = useRef(newIdempotencyKey());
  // State is set too late to stop a second Enter within the same tick.
  const sending = useRef(false);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (sending.current) return;
    setInsist(true);
    const formValid = props.validate?.() ?? true;
    if (reasonProblem(reason)) {
      reasonInput.current?.focus();
      return;
    }
    if (!formValid) return;
    sending.current = true;
    props.setBusy(true);
    setError(undefined);
    try {
      const result = await props.perform(api, {
        reason: reason.trim(),
        idempotencyKey: key.current,
      });
      remember(reason.trim());
      props.onClose();
      refreshAll();
      const outcome = props.outcome(result);
      const said = typeof outcome === 'string' ? { text: outcome } : outcome;
      const { entry = result.auditId, ...rest } = props.auditOf?.(result) ?? {};
      const row = entry && links.pageHref('audit', { ...rest, entry });
      show({
        ...said,
        links: [
          ...(said.links ?? []),
          ...(row ? [{ title: 'Audit row', to: row }] : []),
        ],
      });
    } catch (e) {
      if (e instanceof ApprovalRequested) {
        remember(reason.trim());
        props.onClose();
        show(approvalOutcome(e.approval, links));
        return;
      }
      if (alive.current) setError(e);
      // After 400 nothing was done, and the corrected request is a new one. After any other error
      // the action may have been done, so the key stays.
      if (statusCodeOf(e) === 400) key.current = newIdempotencyKey();
    } finally {
      sending.current = false;
      props.setBusy(false);
    }
  };

  return (
    <form onSubmit={submit} noValidate style={{ display: 'contents' }}>
      <DialogTitle id="operations-action-title" className={classes.title}>
        {props.verb} {props.object}
      </DialogTitle>
      <DialogContent className={classes.form}>
        <ul className={classes.facts}>
          {props.facts.map((fact, index) => (
            <li key={index}>{fact}</li>
          ))}
          <SecondPersonFact action={props.action} />
        </ul>
        {props.children}
        <ReasonField
          value={reason}
          onChange={setReason}
          last={reasons}
          insist={insist}
          inputRef={reasonInput}
          focusFirst={!props.children}
        />
        {error !== undefined && (
          <ErrorNotice title={`${props.verb}: not done`} error={error} />
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={props.onClose} disabled={props.busy}>
          Keep as it is
        </Button>
        <Button
          type="submit"
          variant="contained"
          color={props.danger ? 'default' : 'primary'}
          className={props.danger ? classes.danger : undefined}
          aria-disabled={props.busy}
          startIcon={
            props.busy ? (
              <CircularProgress size={16} color="inherit" />
            ) : undefined
          }
        >
          {props.verb}
        </Button>
      </DialogActions>
    </form>
  );
}

/**
 * A key by which the backend recognises a repeated request; `crypto.randomUUID` is missing over
 * plain http.
 */
function newIdempotencyKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');
}
