import { useState } from 'react';
import TextField, { SelectField } from '../components/TextField';
import type {
  OverrideLimit,
  RateLimitUsage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { paired, styles } from '../components/styles';
import { ActionDialog } from '../components/actions';
import { absoluteTime, HOUR, MINUTE } from '../components/time';
import { endAfter, EndField } from '../controls/EndField';
import { PreviewLine } from './PreviewLine';
import { readSubject } from './subjectInput';
import { limitText, normalQuota, quotaText, subjectText } from './words';

const useStyles = styles('OverrideDialog', theme => ({
  limit: paired(theme),
}));

const KINDS: Array<[OverrideLimit['kind'], string]> = [
  ['multiplier', 'A multiple of the normal one'],
  ['fixed', 'Requests per window'],
  ['unlimited', 'No limit'],
];

/** Overrides a limit up to a time, and previews what that would have meant in the last hour. */
export function OverrideDialog(props: {
  usage: RateLimitUsage;
  /** the first text of the subject field */
  subject: string;
  onClose: () => void;
}) {
  const classes = useStyles();
  const { rules } = props.usage;
  const [now] = useState(Date.now);
  const [text, setText] = useState(props.subject);
  const [kind, setKind] = useState<OverrideLimit['kind']>('multiplier');
  const [figure, setFigure] = useState('5');
  const [end, setEnd] = useState(() =>
    endAfter(now, Math.min(HOUR, rules.maxDurationMs)),
  );

  const read = readSubject(text, rules);
  const limit = readLimit(kind, figure);
  const figureProblem = problemOfFigure(kind, figure, rules.maxFactor);
  let endProblem: string | undefined;
  if (end.at === undefined) endProblem = 'Say until when';
  else if (end.at <= now) endProblem = 'Has already passed';
  else if (end.at - now > rules.maxDurationMs + MINUTE) {
    endProblem = `At most ${rules.maxDurationMs / HOUR} hours`;
  }
  const good = read.subject && limit && !figureProblem && !endProblem;
  const normal =
    read.subject && normalQuota(read.subject, props.usage, undefined);
  const instead = normal ? ` instead of ${quotaText(normal)}` : '';
  const whom = read.subject ? subjectText(read.subject) : 'a limit';

  return (
    <ActionDialog
      action="rate-limit.override"
      onClose={props.onClose}
      title={
        read.subject ? `Override the limit of ${whom}` : `Override ${whom}`
      }
      button="Override"
      facts={[
        good
          ? `${whom} gets ${limitText(
              limit,
            )}${instead}, on every machine within a second.`
          : 'Whoever is named here gets another limit, on every machine within a second.',
        good
          ? `It ends by itself at ${absoluteTime(
              end.at!,
            )}, whether this portal runs or not. You can end it before.`
          : 'It ends by itself, whether this portal runs or not. You can end it before.',
      ]}
      valid={Boolean(good)}
      endpoint="POST /rate-limit-overrides"
      body={() => ({
        subject: read.subject!,
        limit: limit!,
        endsAt: new Date(end.at!).toISOString(),
      })}
      outcome={({ override }) =>
        override.published
          ? `${whom} has ${limitText(limit!)} now.`
          : `${whom} gets ${limitText(
              limit!,
            )} as soon as the platform's Redis is back.`
      }
    >
      {insist => (
        <>
          <TextField
            label="Tenant, address or network"
            required
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus={!props.subject}
            value={text}
            onChange={event => setText(event.target.value)}
            error={read.problem !== undefined && (insist || text !== '')}
            helperText={
              (insist || text !== '' ? read.problem : undefined) ??
              read.hint ??
              'acme, 192.0.2.1, 2001:db8::/48'
            }
          />
          <div className={classes.limit}>
            <SelectField
              label="New limit"
              value={kind}
              onChange={next => {
                setKind(next);
                setFigure(next === 'fixed' ? '1000' : '5');
              }}
              choices={KINDS.filter(
                ([value]) => value !== 'unlimited' || rules.unlimitedAllowed,
              )}
            />
            {kind !== 'unlimited' && (
              <TextField
                label={kind === 'multiplier' ? 'Factor' : 'Requests'}
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
  kind: OverrideLimit['kind'],
  text: string,
  maxFactor: number,
): string | undefined {
  if (kind === 'unlimited') return undefined;
  const limit = readLimit(kind, text);
  if (!limit) return kind === 'fixed' ? 'A whole number' : 'A number above 0';
  if (limit.kind === 'multiplier' && limit.factor > maxFactor) {
    return `At most ${maxFactor}`;
  }
  return undefined;
}
