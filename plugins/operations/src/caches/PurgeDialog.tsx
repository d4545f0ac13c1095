import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import FormControl from '@material-ui/core/FormControl';
import FormControlLabel from '@material-ui/core/FormControlLabel';
import FormLabel from '@material-ui/core/FormLabel';
import Radio from '@material-ui/core/Radio';
import RadioGroup from '@material-ui/core/RadioGroup';
import { ActionDialog, TextField } from '../components';
import type {
  CachePreview,
  CacheTargetSummary,
  PurgeMode,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { cacheMessages, type CacheT } from './messages';
import { purgeFacts } from './purgeFacts';

/** Asks how a purge removes its keys, how fast, and why. */
export function PurgeDialog(props: {
  onClose: () => void;
  target: CacheTargetSummary;
  preview: CachePreview;
  onStarted: (purgeId: string) => void;
}) {
  const { t } = useTranslationRef(cacheMessages);
  const { target, preview } = props;
  const [mode, setMode] = useState<PurgeMode>('hard');
  const [windowText, setWindowText] = useState(
    `${Math.max(60, preview.minSoftWindowSeconds)}`,
  );
  const [rateText, setRateText] = useState(`${target.defaultKeysPerSecond}`);
  const [typed, setTyped] = useState('');

  const rate = Number(rateText);
  const window = Number(windowText);
  const rateProblem = problemOfRate(t, rate, target);
  const windowProblem =
    mode === 'soft' &&
    !(Number.isInteger(window) && window >= preview.minSoftWindowSeconds)
      ? t('dialog.windowProblem', { seconds: preview.minSoftWindowSeconds })
      : undefined;
  const typedProblem =
    preview.confirmation !== undefined && typed !== preview.confirmation
      ? t('dialog.confirmProblem', { confirmation: preview.confirmation })
      : undefined;
  const scope = { cache: target.title, count: preview.count };

  return (
    <ActionDialog
      action="cache.purge"
      onClose={props.onClose}
      title={
        preview.exact ? t('dialog.title', scope) : t('dialog.titleAbout', scope)
      }
      button={t('dialog.button')}
      danger
      facts={purgeFacts(t, {
        pattern: preview.selection.pattern,
        mode,
        windowSeconds: window || 0,
        keysPerSecond: rate,
        count: preview.count,
      })}
      valid={!rateProblem && !windowProblem && !typedProblem}
      endpoint="POST /caches/:target/purges"
      params={{ target: target.name }}
      body={() => ({
        previewId: preview.id,
        mode,
        keysPerSecond: rate,
        windowSeconds: mode === 'soft' ? window : undefined,
        confirmation: preview.confirmation === undefined ? undefined : typed,
      })}
      outcome={({ purge }) => {
        props.onStarted(purge.id);
        return t('dialog.outcome', { cache: target.title });
      }}
    >
      {insist => (
        <>
          <FormControl component="fieldset">
            <FormLabel component="legend">{t('dialog.mode')}</FormLabel>
            <RadioGroup
              row
              aria-label={t('dialog.mode')}
              value={mode}
              onChange={(_, value) => setMode(value as PurgeMode)}
            >
              <FormControlLabel
                value="hard"
                control={<Radio color="primary" />}
                label={t('dialog.modes.hard')}
              />
              <FormControlLabel
                value="soft"
                control={<Radio color="primary" />}
                label={t('dialog.modes.soft')}
              />
            </RadioGroup>
          </FormControl>
          {mode === 'soft' && (
            <TextField
              label={t('dialog.window')}
              type="number"
              value={windowText}
              onChange={e => setWindowText(e.target.value)}
              error={!!windowProblem}
              helperText={windowProblem}
            />
          )}
          <TextField
            label={t('dialog.keysPerSecond')}
            type="number"
            value={rateText}
            onChange={e => setRateText(e.target.value)}
            error={!!rateProblem}
            helperText={
              rateProblem ??
              (target.allowUnthrottled
                ? t('dialog.unthrottledHelp')
                : undefined)
            }
          />
          {preview.confirmation !== undefined && (
            <TextField
              label={t('dialog.confirm')}
              value={typed}
              onChange={e => setTyped(e.target.value)}
              error={insist && !!typedProblem}
              helperText={typedProblem ?? t('dialog.confirmHelp')}
              inputProps={{ spellCheck: false, autoComplete: 'off' }}
            />
          )}
        </>
      )}
    </ActionDialog>
  );
}

function problemOfRate(
  t: CacheT,
  rate: number,
  target: CacheTargetSummary,
): string | undefined {
  if (!Number.isInteger(rate) || rate < 0) return t('dialog.wholeNumber');
  if (rate === 0 && !target.allowUnthrottled) {
    return t('dialog.noUnthrottled');
  }
  return rate > target.maxKeysPerSecond
    ? t('dialog.rateTooHigh', { max: target.maxKeysPerSecond })
    : undefined;
}
