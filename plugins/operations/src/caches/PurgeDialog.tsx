import { useState } from 'react';
import FormControl from '@material-ui/core/FormControl';
import FormControlLabel from '@material-ui/core/FormControlLabel';
import FormLabel from '@material-ui/core/FormLabel';
import Radio from '@material-ui/core/Radio';
import RadioGroup from '@material-ui/core/RadioGroup';
import { ActionDialog, roughDuration, SECOND, TextField } from '../components';
import type {
  CachePreview,
  CacheTargetSummary,
  PurgeMode,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { keysText } from './words';

/** Asks how a purge removes its keys, how fast, and why. */
export function PurgeDialog(props: {
  onClose: () => void;
  target: CacheTargetSummary;
  preview: CachePreview;
  onStarted: (purgeId: string) => void;
}) {
  const { target, preview } = props;
  const [mode, setMode] = useState<PurgeMode>('hard');
  const [windowText, setWindowText] = useState(
    `${Math.max(60, preview.minSoftWindowSeconds)}`,
  );
  const [rateText, setRateText] = useState(`${target.defaultKeysPerSecond}`);
  const [typed, setTyped] = useState('');

  const rate = Number(rateText);
  const window = Number(windowText);
  const rateProblem = problemOfRate(rate, target);
  const windowProblem =
    mode === 'soft' &&
    !(Number.isInteger(window) && window >= preview.minSoftWindowSeconds)
      ? `At least ${preview.minSoftWindowSeconds} s for so many keys`
      : undefined;
  const typedProblem =
    preview.confirmation !== undefined && typed !== preview.confirmation
      ? `Type ${preview.confirmation} to confirm`
      : undefined;
  const spread = roughDuration((window || 0) * SECOND);
  const least = roughDuration((preview.count / rate) * SECOND);
  const count = `${preview.exact ? '' : 'about '}${keysText(preview.count)}`;

  return (
    <ActionDialog
      action="cache.purge"
      onClose={props.onClose}
      title={`Purge ${count} of ${target.title}`}
      button="Purge"
      danger
      facts={[
        preview.selection.pattern === undefined ? (
          'The exact keys that you gave.'
        ) : (
          <>
            Whatever matches <code>{preview.selection.pattern}</code>, also what
            is written meanwhile.
          </>
        ),
        mode === 'hard'
          ? 'They are gone at once: whoever needs them reads from the source again.'
          : `They expire one by one within ${spread}, so that the refill comes spread out. None lives longer than it would have.`,
        rate > 0
          ? `At most ${rate.toLocaleString()} keys a second, slower if the cache's other clients feel it: ${least} at least.`
          : 'As fast as it goes: the cache’s other clients will feel it.',
        'It can be stopped, not undone.',
      ]}
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
        return `Purging ${target.title}`;
      }}
    >
      {insist => (
        <>
          <FormControl component="fieldset">
            <FormLabel component="legend">How</FormLabel>
            <RadioGroup
              row
              aria-label="How"
              value={mode}
              onChange={(_, value) => setMode(value as PurgeMode)}
            >
              <FormControlLabel
                value="hard"
                control={<Radio color="primary" />}
                label="Hard: remove at once"
              />
              <FormControlLabel
                value="soft"
                control={<Radio color="primary" />}
                label="Soft: let expire over a while"
              />
            </RadioGroup>
          </FormControl>
          {mode === 'soft' && (
            <TextField
              label="Expire over (seconds)"
              type="number"
              value={windowText}
              onChange={e => setWindowText(e.target.value)}
              error={!!windowProblem}
              helperText={windowProblem}
            />
          )}
          <TextField
            label="Keys a second"
            type="number"
            value={rateText}
            onChange={e => setRateText(e.target.value)}
            error={!!rateProblem}
            helperText={
              rateProblem ??
              (target.allowUnthrottled ? '0 is as fast as it goes' : undefined)
            }
          />
          {preview.confirmation !== undefined && (
            <TextField
              label="Type the pattern to confirm"
              value={typed}
              onChange={e => setTyped(e.target.value)}
              error={insist && !!typedProblem}
              helperText={
                typedProblem ??
                'It has no literal beginning, so it may reach further than you think.'
              }
              inputProps={{ spellCheck: false, autoComplete: 'off' }}
            />
          )}
        </>
      )}
    </ActionDialog>
  );
}

function problemOfRate(
  rate: number,
  target: CacheTargetSummary,
): string | undefined {
  if (!Number.isInteger(rate) || rate < 0) return 'A whole number';
  if (rate === 0 && !target.allowUnthrottled) {
    return 'This cache may not be purged unthrottled';
  }
  return rate > target.maxKeysPerSecond
    ? `At most ${target.maxKeysPerSecond.toLocaleString()} for this cache`
    : undefined;
}
