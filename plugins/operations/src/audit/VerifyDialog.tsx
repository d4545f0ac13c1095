import { useState } from 'react';
import Button from '@material-ui/core/Button';
import Dialog from '@material-ui/core/Dialog';
import DialogActions from '@material-ui/core/DialogActions';
import DialogContent from '@material-ui/core/DialogContent';
import DialogTitle from '@material-ui/core/DialogTitle';
import Typography from '@material-ui/core/Typography';
import { useApi } from '@backstage/core-plugin-api';
import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from '../api';
import { ErrorNotice, TextField, useRootStyles } from '../components';
import { Verdict } from './Seal';
import { asShown } from '../hooks/asShown';
import { useAttempt } from '../hooks/useAttempt';

/**
 * Compares the trail with checkpoints that were kept elsewhere; this reveals even a table that was
 * replaced as a whole.
 */
export function VerifyDialog(props: { onClose: () => void }) {
  const api = useApi(operationsApiRef);
  const root = useRootStyles();
  const [text, setText] = useState('');
  const { busy, result, error, start, reset } = useAttempt(async () =>
    asShown(
      await api.call('POST /audit/verification', {
        body: { checkpoints: checkpointsIn(text) },
      }),
    ),
  );
  const verify = () => {
    reset();
    start();
  };
  return (
    <Dialog
      open
      onClose={props.onClose}
      fullWidth
      maxWidth="sm"
      classes={{ paper: root.root }}
      aria-labelledby="operations-verify-title"
    >
      <DialogTitle id="operations-verify-title">
        Verify against checkpoints
      </DialogTitle>
      <DialogContent>
        <Typography variant="body2" gutterBottom>
          Paste signed checkpoints that were kept outside of this portal, a line
          each. A trail that was cut short, rewritten or replaced whole does not
          fit them.
        </Typography>
        <TextField
          label="Checkpoints"
          multiline
          minRows={4}
          maxRows={10}
          value={text}
          onChange={event => setText(event.target.value)}
          inputProps={{ spellCheck: false }}
        />
        <div style={{ marginTop: 12 }}>
          {result && <Verdict verification={result} />}
          {error !== undefined && (
            <ErrorNotice title="Could not be verified" error={error} />
          )}
        </div>
      </DialogContent>
      <DialogActions>
        <Button onClick={props.onClose}>Close</Button>
        <Button
          variant="contained"
          color="primary"
          disabled={busy || !text.trim()}
          onClick={verify}
        >
          Verify
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** @throws Error that names the line which is not JSON */
function checkpointsIn(text: string): AuditCheckpoint[] {
  return text
    .split('\n')
    .filter(line => line.trim())
    .map((line, i) => {
      try {
        return JSON.parse(line) as AuditCheckpoint;
      } catch {
        throw new Error(`Line ${i + 1} is no checkpoint: it is not JSON`);
      }
    });
}
