import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Dialog from '@material-ui/core/Dialog';
import DialogActions from '@material-ui/core/DialogActions';
import DialogContent from '@material-ui/core/DialogContent';
import DialogTitle from '@material-ui/core/DialogTitle';
import Typography from '@material-ui/core/Typography';
import { useApi } from '@backstage/core-plugin-api';
import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from '@craft-easy/backstage-plugin-operations-react';
import { ErrorNotice, TextField, useRootStyles, Button } from '../components';
import { auditMessages, type AuditT } from './messages';
import { Verdict } from './Seal';
import { asShown } from '@craft-easy/backstage-plugin-operations-react/internal';
import { useAttempt } from '../hooks/useAttempt';

/**
 * Compares the trail with checkpoints that were kept elsewhere; this reveals even a table that was
 * replaced as a whole.
 */
export function VerifyDialog(props: { onClose: () => void }) {
  const { t } = useTranslationRef(auditMessages);
  const api = useApi(operationsApiRef);
  const root = useRootStyles();
  const [text, setText] = useState('');
  const { busy, result, error, start, reset } = useAttempt(async () =>
    asShown(
      await api.call('POST /audit/verification', {
        body: { checkpoints: checkpointsIn(t, text) },
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
        {t('verify.title')}
      </DialogTitle>
      <DialogContent>
        <Typography variant="body2" gutterBottom>
          {t('verify.text')}
        </Typography>
        <TextField
          label={t('verify.checkpoints')}
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
            <ErrorNotice title={t('verify.failure')} error={error} />
          )}
        </div>
      </DialogContent>
      <DialogActions>
        <Button rank="tertiary" size="medium" onClick={props.onClose}>
          {t('verify.close')}
        </Button>
        <Button
          rank="primary"
          size="medium"
          disabled={busy || !text.trim()}
          onClick={verify}
        >
          {t('verify.button')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** @throws Error that names the line which is not JSON */
function checkpointsIn(t: AuditT, text: string): AuditCheckpoint[] {
  return text
    .split('\n')
    .filter(line => line.trim())
    .map((line, i) => {
      try {
        return JSON.parse(line) as AuditCheckpoint;
      } catch {
        throw new Error(t('verify.notJson', { line: i + 1 }));
      }
    });
}
