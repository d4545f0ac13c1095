import { useState, type ReactNode } from 'react';
import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { Json, PlainButton, styles, tinted, tones } from '../../components';
import { absoluteTime } from '../../components/time';

const useStyles = styles('RunFailure', theme => ({
  root: ({ tone }: { tone: 'bad' | 'warn' }) => ({
    ...tinted(theme, tone),
    padding: theme.spacing(1.25, 2),
    borderRadius: theme.shape.borderRadius,
    borderLeft: `3px solid ${tones(theme)[tone].solid}`,
    overflowWrap: 'anywhere',
    '& p': { margin: 0, whiteSpace: 'pre-wrap' },
  }),
  stack: { color: theme.palette.text.primary, marginTop: theme.spacing(1) },
}));

/**
 * Why a run did not succeed: its error with the stack, the rule by which it was refused, or the
 * loss of its worker.
 */
export function RunFailure({ run }: { run: RunDetail }) {
  if (run.refusal) {
    return (
      <Note tone="warn" label="Refused">
        <p>
          <strong>Refused by the worker</strong> ({run.refusal.rule})
        </p>
        <p>{run.refusal.message}</p>
      </Note>
    );
  }
  if (run.error) {
    return (
      <Note tone="bad" label="Error">
        <p>
          <strong>{run.error.name}</strong>
          {run.status === 'queued' && ' (of the attempt before)'}
        </p>
        <p>{run.error.message}</p>
        {run.error.stack && <Stack text={run.error.stack} />}
      </Note>
    );
  }
  if (run.status === 'lost') {
    return (
      <Note tone="warn" label="Lost">
        <p>
          <strong>Its worker died or fell silent.</strong> How far it came is
          not known; if the worker is heard of again, what it says counts.
        </p>
      </Note>
    );
  }
  return null;
}

/** The executions of a run that may be executed once, and was executed more often. */
export function ExecutedTwice({ run }: { run: RunDetail }) {
  const { executions } = run;
  if (!executions) return null;
  return (
    <Note tone="bad" label="Executed twice">
      <p>
        <strong>
          Executed{' '}
          {executions.length > 2 ? `${executions.length} times` : 'twice'}.
        </strong>{' '}
        This job may run once per slot: look at what was done twice.
      </p>
      <ol>
        {executions.map(({ startedAt, workerId, status, endedAt }) => (
          <li key={`${startedAt} ${workerId}`}>
            started {absoluteTime(startedAt)} by{' '}
            {workerId ?? 'an unknown worker'}, {status}
            {endedAt && ` ${absoluteTime(endedAt)}`}
          </li>
        ))}
      </ol>
    </Note>
  );
}

function Note(props: {
  tone: 'bad' | 'warn';
  label: string;
  children: ReactNode;
}) {
  const classes = useStyles(props);
  return (
    <div className={classes.root} role="note" aria-label={props.label}>
      {props.children}
    </div>
  );
}

function Stack({ text }: { text: string }) {
  const classes = useStyles({ tone: 'bad' });
  const [open, setOpen] = useState(false);
  return (
    <>
      <PlainButton
        color="inherit"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        style={{ marginLeft: -5 }}
      >
        {open ? 'Hide stack' : 'Show stack'}
      </PlainButton>
      {open && (
        <div className={classes.stack}>
          <Json value={text} label="Stack" />
        </div>
      )}
    </>
  );
}
