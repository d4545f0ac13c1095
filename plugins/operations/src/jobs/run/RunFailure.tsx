import { useState } from 'react';
import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common';
import { styles } from '../../components/styles';
import { Json } from '../../components/Json';
import { tones } from '../../components/tones';
import { PlainButton } from '../../components/text';

const useStyles = styles('RunFailure', theme => ({
  root: {
    padding: theme.spacing(1.25, 2),
    borderRadius: theme.shape.borderRadius,
    overflowWrap: 'anywhere',
    '& p': { margin: 0, whiteSpace: 'pre-wrap' },
  },
  bad: {
    color: tones(theme).bad.text,
    backgroundColor: tones(theme).bad.tint,
    borderLeft: `3px solid ${tones(theme).bad.solid}`,
  },
  warn: {
    color: tones(theme).warn.text,
    backgroundColor: tones(theme).warn.tint,
    borderLeft: `3px solid ${tones(theme).warn.solid}`,
  },
  stack: { color: theme.palette.text.primary, marginTop: theme.spacing(1) },
}));

/**
 * Why a run did not succeed: its error with the stack, the rule by which it was refused, or the
 * loss of its worker.
 */
export function RunFailure({ run }: { run: RunDetail }) {
  const classes = useStyles();
  const [open, setOpen] = useState(false);
  if (run.refusal) {
    return (
      <div
        className={`${classes.root} ${classes.warn}`}
        role="note"
        aria-label="Refused"
      >
        <p>
          <strong>Refused by the worker</strong> ({run.refusal.rule})
        </p>
        <p>{run.refusal.message}</p>
      </div>
    );
  }
  if (run.error) {
    return (
      <div
        className={`${classes.root} ${classes.bad}`}
        role="note"
        aria-label="Error"
      >
        <p>
          <strong>{run.error.name}</strong>
          {run.status === 'queued' && ' (of the attempt before)'}
        </p>
        <p>{run.error.message}</p>
        {run.error.stack && (
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
                <Json value={run.error.stack} label="Stack" />
              </div>
            )}
          </>
        )}
      </div>
    );
  }
  if (run.status === 'lost') {
    return (
      <div
        className={`${classes.root} ${classes.warn}`}
        role="note"
        aria-label="Lost"
      >
        <p>
          <strong>Its worker died or fell silent.</strong> How far it came is
          not known; if the worker is heard of again, what it says counts.
        </p>
      </div>
    );
  }
  return null;
}
