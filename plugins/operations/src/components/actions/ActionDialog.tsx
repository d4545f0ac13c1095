import {
  useEffect,
  useRef,
  useState,
  type FormEvent,
  type ReactNode,
} from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useTheme } from '@material-ui/core/styles';
import useMediaQuery from '@material-ui/core/useMediaQuery';
import CircularProgress from '@material-ui/core/CircularProgress';
import Dialog from '@material-ui/core/Dialog';
import DialogActions from '@material-ui/core/DialogActions';
import DialogContent from '@material-ui/core/DialogContent';
import DialogTitle from '@material-ui/core/DialogTitle';
import Typography from '@material-ui/core/Typography';
import { useAnalytics, useApi } from '@backstage/core-plugin-api';
import {
  ApprovalRequested,
  type Approval,
  type OperationsAnswer,
  type OperationsEndpoint,
  type OperationsInput,
} from '@craft-easy/backstage-plugin-operations-common';
import { Button } from '../buttons';
import { ErrorNotice } from '../ErrorNotice';
import { statusCodeOf } from '@craft-easy/backstage-plugin-operations-react/internal';
import { commonMessages } from '../messages';
import { findFocus } from '../moveFocus';
import { styles, useRootStyles } from '../styles';
import { useOutcome, type Outcome } from '../Outcomes';
import { operationsApiRef } from '@craft-easy/backstage-plugin-operations-react';
import { callAny } from '@craft-easy/backstage-plugin-operations-react/internal';
import { useRefreshAll } from '@craft-easy/backstage-plugin-operations-react/internal';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { focusFirstField, focusFirstProblem } from './dialogFocus';
import { InsistProvider } from './insist';
import { ReasonField, reasonProblem, useReasons } from './ReasonField';
import { approvalOutcome, SecondPersonFact } from './SecondPerson';

const useStyles = styles('ActionDialog', theme => ({
  title: { paddingBottom: 0, '& h2': { overflowWrap: 'anywhere' } },
  facts: {
    margin: theme.spacing(0, 0, 2),
    paddingLeft: theme.spacing(2.5),
    '& li': { marginBottom: 4 },
  },
  form: {
    '& > * + *': { marginTop: theme.spacing(2) },
    // little room, or large text: all of it scrolls, else the reason would leave none
    '@media (max-height: 560px)': { flex: 'none', overflow: 'visible' },
  },
  // in view however long the form is: nothing is done without it
  reason: { padding: theme.spacing(1, 3, 0) },
}));

/** An endpoint that carries out an action. */
export type ActionEndpoint = {
  [K in OperationsEndpoint]: OperationsInput<K> extends {
    idempotencyKey: string;
    body: { reason: string };
  }
    ? K
    : never;
}[OperationsEndpoint];

/** The body of an action's request, but for the reason. */
type BodyOf<K extends ActionEndpoint> = Omit<
  OperationsInput<K>['body'],
  'reason'
>;

/** What {@link ActionDialog} needs to know of an action. */
export type ActionDialogProps<K extends ActionEndpoint> = {
  onClose: () => void;
  /** what is about to be done: "Retry weekly-license-renewal-reminder" */
  title: string;
  /** the button that does it: "Retry" */
  button: string;
  /** the button that closes the dialog, where "Cancel" could be mistaken: "Keep running" */
  keep?: string;
  /**
   * what will happen, to what, for whom, how much, until when, and whether it can be undone, a
   * sentence each
   */
  facts: ReactNode[];
  /** further fields of the form; `insist`: the user has tried to submit it */
  children?: ReactNode | ((insist: boolean) => ReactNode);
  /**
   * false where the form has a problem; the fields show which. `checking` where something is still
   * looked up: the form is sent, or its problem shown, as soon as that is known. `loading` where
   * what one would confirm is not shown yet: nothing is sent by itself then.
   */
  valid?: boolean | 'checking' | 'loading';
  /** red, for an action that takes something away */
  danger?: boolean;
  /** the name in the audit trail; the dialog looks up whether the action needs a second person */
  action: string;
  /** the dialog adds the reason and the Idempotency-Key to what the endpoint takes */
  endpoint: K;
  /** for an action that is done once for each of several, by their names; instead of `body` */
  each?: () => Array<{ name: string; body: BodyOf<K> }>;
  /** says which of `each` are done, and which wait for a second person, when the next one failed */
  partly?: (done: string[], waiting: string[]) => string;
  /** called when an attempt fails, before its error shows; not where a second person is asked */
  onError?: (error: unknown) => Promise<void>;
  /**
   * what to say afterwards; the dialog adds the link to the audit row. Of `each`: all answers, and
   * how many wait for a second person.
   */
  outcome: (
    result: OperationsAnswer<K>,
    all: OperationsAnswer<K>[],
    waiting: number,
  ) => string | Outcome;
  /** further filters of the link to the audit row, or another row */
  auditOf?: (result: OperationsAnswer<K>) => { job?: string; entry?: string };
} & Omit<OperationsInput<K>, 'body' | 'idempotencyKey'> &
  (object extends BodyOf<K>
    ? { body?: () => BodyOf<K> }
    : { body: () => BodyOf<K> });

/** What became of a call that was answered: it is done, or waits for a second person. */
type Answered<K extends ActionEndpoint> =
  | { result: OperationsAnswer<K>; approval?: undefined }
  | { approval: Approval };

/**
 * The dialog of every mutation. Each opening has its own Idempotency-Key, so that a double click,
 * Enter pressed twice, or another try after the network failed has one effect. Errors show inside
 * the dialog, and what was typed stays.
 */
export function ActionDialog<K extends ActionEndpoint>(
  props: ActionDialogProps<K>,
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

function ActionForm<K extends ActionEndpoint>(
  props: ActionDialogProps<K> & {
    busy: boolean;
    setBusy: (busy: boolean) => void;
  },
) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const { children } = props;
  const { reasons, remember } = useReasons(props.action);
  const show = useOutcome();
  const api = useApi(operationsApiRef);
  const analytics = useAnalytics();
  const refreshAll = useRefreshAll();
  const links = useLinks();
  const [reason, setReason] = useState('');
  /** how often the form was to be sent although it could not be */
  const [refused, setRefused] = useState(0);
  const [unsaid, setUnsaid] = useState(false);
  /** the form was to be sent while something was still looked up */
  const [awaiting, setAwaiting] = useState(false);
  const insist = refused > 0;
  const isRefused = props.valid === false || props.valid === 'loading';
  const [error, setError] = useState<unknown>();
  const form = useRef<HTMLFormElement>(null);
  const [partly, setPartly] = useState<string>();
  // By name: what is done once for each of several is tried, and repeated, one by one.
  const keys = useRef(new Map<string, string>());
  const answered = useRef(new Map<string, Answered<K>>());
  // State is set too late to stop a second Enter within the same tick.
  const sending = useRef(false);

  const [isWhole, setWhole] = useState(false);
  useEffect(() => {
    // Not with the first rendering but with the next: Material UI's checkboxes and switches render
    // the rest of themselves then, and fail where they have the keyboard's focus before.
    if (isWhole) focusFirstField(form.current!);
    else setWhole(true);
  }, [isWhole]);
  useEffect(
    // What had been chosen for the action may be gone with it, and the button that opened this.
    () => () => void setTimeout(findFocus),
    [],
  );
  // By now the fields show what is wrong with them.
  useEffect(() => {
    if (refused > 0) setUnsaid(!focusFirstProblem(form.current!));
  }, [refused]);

  const request = async (): Promise<void> => {
    // which of these there are depends on the endpoint, which is not known here
    const { endpoint, body, params, ifMatch } = props as {
      endpoint: K;
      body?: () => object;
      params?: Record<string, string>;
      ifMatch?: string;
    };
    const each = props.each?.() ?? [];
    const calls = each.length > 0 ? each : [{ name: '', body: body?.() }];
    for (const { name, body: one } of calls) {
      if (answered.current.has(name)) continue;
      const idempotencyKey = keys.current.get(name) ?? newIdempotencyKey();
      keys.current.set(name, idempotencyKey);
      try {
        const input = { ...one, reason: reason.trim() };
        const result = await callAny(api, endpoint, {
          ...{ params, ifMatch, idempotencyKey },
          body: input,
        });
        answered.current.set(name, { result });
        // the name of the action alone: what it was done to is the audit trail's affair
        analytics.captureEvent('act', props.action);
      } catch (e) {
        // After 400 nothing was done, and the corrected request is a new one. After any other
        // error the action may have been done, so the key stays.
        if (statusCodeOf(e) === 400) keys.current.delete(name);
        if (!(e instanceof ApprovalRequested)) throw e;
        // that a second person is needed for one says nothing of the next
        answered.current.set(name, { approval: e.approval });
        analytics.captureEvent('ask', props.action);
      }
    }
  };

  const outcomeOf = (all: Answered<K>[]): Outcome => {
    const results = all.flatMap(one => (one.approval ? [] : [one.result]));
    const approvals = all.flatMap(one => one.approval ?? []);
    const waits = approvals.length > 0 && approvalOutcome(t, approvals, links);
    if (waits && results.length === 0) return waits;
    const [result] = results;
    const outcome = props.outcome(result, results, approvals.length);
    const said = typeof outcome === 'string' ? { text: outcome } : outcome;
    const { auditId } = result as { auditId: string };
    const { entry = auditId, ...rest } = props.auditOf?.(result) ?? {};
    const row = entry && links.pageHref('audit', { ...rest, entry });
    return {
      ...said,
      links: [
        ...(said.links ?? []),
        ...(row ? [{ title: t('actions.auditEntry'), to: row }] : []),
        ...((waits && waits.links) || []),
      ],
    };
  };

  const send = async () => {
    sending.current = true;
    props.setBusy(true);
    setError(undefined);
    setPartly(undefined);
    try {
      await request().catch(async e => {
        await props.onError?.(e);
        throw e;
      });
      remember(reason.trim());
      props.onClose();
      refreshAll();
      show(outcomeOf([...answered.current.values()]));
    } catch (e) {
      setError(e);
      const done = [...answered.current];
      const named = (waits: boolean) =>
        done.filter(([, { approval }]) => !approval !== waits).map(([n]) => n);
      if (done.length > 0) setPartly(props.partly?.(named(false), named(true)));
    } finally {
      sending.current = false;
      props.setBusy(false);
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (sending.current) return;
    if (reasonProblem(t, reason) || isRefused) {
      setRefused(refused + 1);
    } else if (props.valid === 'checking') {
      setAwaiting(true);
    } else {
      send();
    }
  };

  const isChecked = awaiting && props.valid !== 'checking';
  useEffect(() => {
    if (!isChecked) return;
    setAwaiting(false);
    form.current!.requestSubmit();
  }, [isChecked]);

  return (
    <form
      ref={form}
      onSubmit={submit}
      noValidate
      style={{ display: 'contents' }}
    >
      <DialogTitle id="operations-action-title" className={classes.title}>
        {props.title}
      </DialogTitle>
      <DialogContent className={classes.form}>
        <ul className={classes.facts}>
          {props.facts.map((fact, index) => (
            <li key={index}>{fact}</li>
          ))}
          <SecondPersonFact action={props.action} />
        </ul>
        <InsistProvider value={insist}>
          {typeof children === 'function' ? children(insist) : children}
        </InsistProvider>
        {error !== undefined && (
          <ErrorNotice
            title={t('actions.failed', { button: props.button })}
            error={error}
          >
            {partly && <Typography variant="body2">{partly}</Typography>}
          </ErrorNotice>
        )}
      </DialogContent>
      <div className={classes.reason}>
        <ReasonField
          value={reason}
          onChange={setReason}
          last={reasons}
          insist={insist}
        />
        {unsaid && isRefused && (
          <Typography role="alert" color="error" variant="body2">
            {t(
              props.valid === 'loading'
                ? 'actions.stillLoading'
                : 'actions.notReady',
            )}
          </Typography>
        )}
      </div>
      <DialogActions>
        <Button
          rank="tertiary"
          size="medium"
          onClick={props.onClose}
          disabled={props.busy}
        >
          {props.keep ?? t('actions.cancel')}
        </Button>
        <Button
          type="submit"
          rank="primary"
          size="medium"
          danger={props.danger}
          aria-disabled={props.busy || awaiting}
          startIcon={
            props.busy || awaiting ? (
              <CircularProgress size={16} color="inherit" />
            ) : undefined
          }
        >
          {props.button}
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
