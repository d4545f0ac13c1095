import { useState, type FormEvent } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import TextField from '../components/TextField';
import { useApi } from '@backstage/core-plugin-api';
import {
  MAX_EXACT_KEYS,
  conflictsText,
  evaluatePattern,
  type CacheTargetSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { operationsApiRef } from '@craft-easy/backstage-plugin-operations-react';
import {
  Button,
  ButtonChoice,
  ErrorNotice,
  monospace,
  muted,
  styles,
} from '../components';
import { cacheMessages, type CacheT } from './messages';
import { useReasonText } from '../components/reasons/words';
import { PrefixBrowser } from './PrefixBrowser';
import { PreviewPanel } from './PreviewPanel';
import { PurgeDialog } from './PurgeDialog';
import { asShown } from '@craft-easy/backstage-plugin-operations-react/internal';
import { useAttempt } from '../hooks/useAttempt';

const useStyles = styles('PurgeForm', theme => ({
  form: { '& > * + *': { marginTop: theme.spacing(1.5) }, maxWidth: 900 },
  row: { display: 'flex', gap: theme.spacing(1), flexWrap: 'wrap' },
  mono: { '& textarea, & input': monospace },
  guarded: { ...muted(theme), '& code': { whiteSpace: 'nowrap' } },
}));

type Kind = 'pattern' | 'keys';

/** Chooses what to purge; a preview comes first, the purge afterwards. */
export function PurgeForm(props: {
  target: CacheTargetSummary;
  initialPattern?: string;
  initialKeys?: string[];
  onStarted: (purgeId: string) => void;
}) {
  const classes = useStyles();
  const api = useApi(operationsApiRef);
  const { t } = useTranslationRef(cacheMessages);
  const reasonText = useReasonText();
  const { target } = props;
  const [kind, setKind] = useState<Kind>(
    props.initialKeys ? 'keys' : 'pattern',
  );
  const [pattern, setPattern] = useState(
    props.initialPattern ?? `${target.allowedPrefixes[0] ?? ''}*`,
  );
  const [keyText, setKeyText] = useState(props.initialKeys?.join('\n') ?? '');
  const [confirming, setConfirming] = useState(false);

  const keys = [
    ...new Set(keyText.split('\n').map(line => line.trim())),
  ].filter(Boolean);
  const problem =
    kind === 'pattern'
      ? patternProblem(t, pattern, reasonText(evaluatePattern(pattern, target)))
      : keysProblem(t, keys);
  const look = useAttempt(async () =>
    asShown(
      await api.call('POST /caches/:target/previews', {
        params: { target: target.name },
        body: kind === 'pattern' ? { pattern } : { keys },
      }),
    ),
  );
  const { result: preview, error, busy } = look;
  const change = (apply: () => void) => {
    apply();
    // the preview is no longer of what would be purged
    look.reset();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy && !problem) look.start();
  };

  return (
    <>
      <form className={classes.form} onSubmit={onSubmit} noValidate>
        <ButtonChoice
          label={t('form.kind')}
          options={['pattern', 'keys']}
          chosen={kind}
          textOf={one =>
            one === 'pattern' ? t('form.byPattern') : t('form.exactKeys')
          }
          onChoose={one => change(() => setKind(one))}
        />
        {kind === 'pattern' ? (
          <TextField
            label={t('form.pattern')}
            className={classes.mono}
            value={pattern}
            onChange={e => change(() => setPattern(e.target.value))}
            error={!!problem && pattern !== ''}
            helperText={
              problem ??
              skippedText(t, pattern, target) ??
              t('form.patternHelp')
            }
            inputProps={{ spellCheck: false, autoCapitalize: 'off' }}
          />
        ) : (
          <TextField
            label={t('form.keys')}
            multiline
            minRows={3}
            maxRows={12}
            className={classes.mono}
            value={keyText}
            onChange={e => change(() => setKeyText(e.target.value))}
            error={!!problem && keyText !== ''}
            helperText={
              problem ?? t('form.keysEntered', { count: keys.length })
            }
            inputProps={{ spellCheck: false }}
          />
        )}
        <PrefixBrowser
          key={kind}
          target={target.name}
          begin={target.allowedPrefixes[0] ?? ''}
          single={kind === 'keys'}
          onPick={picked =>
            change(() =>
              kind === 'keys'
                ? setKeyText([...keys, picked].join('\n'))
                : setPattern(picked),
            )
          }
        />
        <div className={classes.guarded}>
          {t('form.protected')}{' '}
          {target.protectedPrefixes.map((entry, i) => (
            <span key={entry.prefix}>
              {i > 0 && ', '}
              {t('form.protectedPrefix', {
                prefix: <code>{entry.prefix}…</code>,
                reason: entry.why,
              })}
            </span>
          ))}
        </div>
        <div className={classes.row}>
          <Button type="submit" aria-disabled={busy || !!problem}>
            {busy ? t('form.previewing') : t('form.preview')}
          </Button>
        </div>
      </form>
      {error !== undefined && (
        <ErrorNotice title={t('form.failure')} error={error} />
      )}
      {preview && (
        <PreviewPanel
          preview={preview}
          target={target}
          onPurge={() => setConfirming(true)}
        />
      )}
      {preview && confirming && (
        <PurgeDialog
          onClose={() => setConfirming(false)}
          target={target}
          preview={preview}
          onStarted={props.onStarted}
        />
      )}
    </>
  );
}

const EXAMPLE = 'cache:product:*';

/** The backend's rules, applied while the user types. */
function patternProblem(
  t: CacheT,
  pattern: string,
  refusal: string | undefined,
): string | undefined {
  if (!pattern) return t('form.patternMissing', { example: EXAMPLE });
  return refusal;
}

/** What the pattern could reach, and a purge leaves alone. */
function skippedText(
  t: CacheT,
  pattern: string,
  target: CacheTargetSummary,
): string | undefined {
  const { conflicts } = evaluatePattern(pattern, target);
  return conflicts.length > 0
    ? t('form.skips', { prefixes: conflictsText(conflicts) })
    : undefined;
}

function keysProblem(t: CacheT, keys: string[]): string | undefined {
  if (keys.length === 0) return t('form.keysMissing');
  return keys.length > MAX_EXACT_KEYS
    ? t('form.tooManyKeys', { max: MAX_EXACT_KEYS })
    : undefined;
}
