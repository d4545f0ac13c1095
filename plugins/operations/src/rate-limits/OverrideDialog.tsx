import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import TextField, { SelectField } from '../components/TextField';
import type {
  OverrideLimit,
  RateLimitUsage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { paired, styles } from '../components/styles';
import { ActionDialog } from '../components/actions';
import { reasonMessages } from '../components/reasons/messages';
import { absoluteTime, clockTime, HOUR, MINUTE } from '../components/time';
import { endAfter, EndField } from '../controls/EndField';
import { KnownField } from '../known/KnownField';
import { useKnown } from '../known/useKnown';
import { rateLimitMessages, type RateLimitT } from './messages';
import { PreviewLine } from './PreviewLine';
import { readSubject } from './subjectInput';
import { effectText, normalQuota, resultText, subjectText } from './words';

const useStyles = styles('OverrideDialog', theme => ({
  limit: paired(theme),
}));

const KINDS = ['multiplier', 'fixed', 'unlimited'] as const;

const EXAMPLES = {
  tenant: 'acme',
  address: '192.0.2.1',
  network: '2001:db8::/48',
};

/** Overrides a limit up to a time, and previews what that would have meant in the last hour. */
export function OverrideDialog(props: {
  usage: RateLimitUsage;
  /** the first text of the subject field */
  subject: string;
  onClose: () => void;
}) {
  const classes = useStyles();
  const { t } = useTranslationRef(rateLimitMessages);
  const { t: reasons } = useTranslationRef(reasonMessages);
  const { rules } = props.usage;
  const [now] = useState(Date.now);
  const [text, setText] = useState(props.subject);
  const [kind, setKind] = useState<OverrideLimit['kind']>('multiplier');
  const [figure, setFigure] = useState('5');
  const [end, setEnd] = useState(() =>
    endAfter(now, Math.min(HOUR, rules.maxDurationMs)),
  );

  const read = readSubject(t, reasons, text, rules);
  const limit = readLimit(kind, figure);
  const figureProblem = problemOfFigure(t, kind, figure, rules.maxFactor);
  let endProblem: string | undefined;
  if (end.at === undefined) endProblem = t('dialog.noEnd');
  else if (end.at <= now) endProblem = t('dialog.endPassed');
  else if (end.at - now > rules.maxDurationMs + MINUTE) {
    const count = rules.maxDurationMs / HOUR;
    endProblem = t('dialog.endTooLate', { count });
  }
  // addresses and networks cannot be known
  const tenant =
    read.subject?.kind === 'tenant' ? read.subject.tenant : undefined;
  const known = useKnown('tenant', text.trim() ? tenant : '');
  const good =
    read.subject && limit && !figureProblem && !endProblem && known.usable;
  const normal =
    read.subject && normalQuota(read.subject, props.usage, undefined);
  const client = read.subject && subjectText(read.subject);

  return (
    <ActionDialog
      action="rate-limit.override"
      onClose={props.onClose}
      title={client ? t('dialog.titleOf', { client }) : t('dialog.title')}
      button={t('dialog.button')}
      facts={
        good
          ? [
              effectText(t, client!, limit, normal),
              t('dialog.ends', { time: absoluteTime(end.at!) }),
            ]
          : [t('dialog.effectUnknown'), t('dialog.endsUnknown')]
      }
      valid={good ?? false}
      endpoint="POST /rate-limit-overrides"
      body={() => ({
        subject: read.subject!,
        limit: limit!,
        endsAt: new Date(end.at!).toISOString(),
      })}
      outcome={({ override }) => {
        const said = {
          client: client!,
          limit: resultText(t, limit!, normal),
          time: clockTime(end.at!, Date.now()),
        };
        return override.published
          ? t('dialog.outcome', said)
          : t('dialog.outcomeLater', said);
      }}
    >
      {insist => (
        <>
          <KnownField
            known={known}
            insist={insist}
            label={t('dialog.client.label')}
            required
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus={!props.subject}
            value={text}
            onChange={setText}
            error={read.problem !== undefined && (insist || text !== '')}
            helperText={
              (insist || text !== '' ? read.problem : undefined) ??
              read.hint ??
              t('dialog.client.example', EXAMPLES)
            }
          />
          <div className={classes.limit}>
            <SelectField
              label={t('dialog.kind.label')}
              value={kind}
              onChange={next => {
                setKind(next);
                setFigure(next === 'fixed' ? '1000' : '5');
              }}
              choices={KINDS.filter(
                one => one !== 'unlimited' || rules.unlimitedAllowed,
              ).map(one => [one, t(`dialog.kind.${one}`)])}
            />
            {kind !== 'unlimited' && (
              <TextField
                label={
                  kind === 'multiplier'
                    ? t('dialog.factor')
                    : t('dialog.requests')
                }
                required
                inputProps={{ inputMode: 'decimal' }}
                value={figure}
                onChange={event => setFigure(event.target.value)}
                error={figureProblem !== undefined}
                helperText={figureProblem}
              />
            )}
          </div>
          <EndField
            from={now}
            value={end}
            onChange={setEnd}
            maxMs={rules.maxDurationMs}
            problem={endProblem}
          />
          {read.subject && limit && !figureProblem && (
            <PreviewLine subject={read.subject} limit={limit} />
          )}
        </>
      )}
    </ActionDialog>
  );
}

function readLimit(
  kind: OverrideLimit['kind'],
  text: string,
): OverrideLimit | undefined {
  const figure = Number(text.replace(',', '.'));
  if (kind === 'unlimited') return { kind };
  if (!text.trim() || !Number.isFinite(figure) || figure <= 0) return undefined;
  if (kind === 'multiplier') return { kind, factor: figure };
  return Number.isInteger(figure) ? { kind, limit: figure } : undefined;
}

function problemOfFigure(
  t: RateLimitT,
  kind: OverrideLimit['kind'],
  text: string,
  maxFactor: number,
): string | undefined {
  if (kind === 'unlimited') return undefined;
  const limit = readLimit(kind, text);
  if (!limit) {
    return kind === 'fixed'
      ? t('dialog.wholeNumber')
      : t('dialog.positiveNumber');
  }
  if (limit.kind === 'multiplier' && limit.factor > maxFactor) {
    return t('dialog.atMost', { max: maxFactor });
  }
  return undefined;
}
