import { useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { Json, PlainButton, styles, tinted, tones } from '../../components';
import { absoluteTime } from '../../components/time';
import { jobMessages } from '../messages';
import { commonMessages } from '../../components/messages';
import { statusWord } from '../../components/statuses';

type Shade = 'bad' | 'warn' | 'neutral';

const useStyles = styles('RunFailure', theme => ({
  root: ({ tone }: { tone: Shade }) => ({
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
  const { t } = useTranslationRef(jobMessages);
  if (run.refusal) {
    return (
      <Note tone="warn" label={t('run.failure.refused.label')}>
        <p>
          {t('run.failure.refused.title', {
            who: <strong>{t('run.failure.refused.who')}</strong>,
            rule: run.refusal.rule,
          })}
        </p>
        <p>{run.refusal.message}</p>
      </Note>
    );
  }
  if (run.error) {
    return (
      <Note
        tone={run.recovered ? 'neutral' : 'bad'}
        label={t('run.failure.label')}
      >
        <p>
          {run.status === 'queued' ? (
            t('run.failure.previousAttempt', {
              error: <strong>{run.error.name}</strong>,
            })
          ) : (
            <strong>{run.error.name}</strong>
          )}
        </p>
        <p>{run.error.message}</p>
        {run.error.stack && <Stack text={run.error.stack} />}
      </Note>
    );
  }
  if (run.status === 'lost') {
    return (
      <Note tone="warn" label={t('run.failure.lost.label')}>
        <p>
          <strong>{t('run.failure.lost.title')}</strong>{' '}
          {t('run.failure.lost.text')}
        </p>
      </Note>
    );
  }
  return null;
}

/** The executions of a run that may be executed once, and was executed more often. */
export function ExecutedTwice({ run }: { run: RunDetail }) {
  const { t } = useTranslationRef(jobMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const { executions } = run;
  if (!executions) return null;
  return (
    <Note tone="bad" label={t('run.twice.label')}>
      <p>
        <strong>
          {executions.length > 2
            ? t('run.twice.executed', { times: executions.length })
            : t('run.twice.title')}
        </strong>{' '}
        {t('run.twice.check')}
      </p>
      <ol>
        {executions.map(({ startedAt, workerId, status, endedAt }) => {
          const facts = {
            started: absoluteTime(startedAt),
            worker: workerId ?? t('run.twice.unknownWorker'),
            status: statusWord(common, status),
          };
          return (
            <li key={`${startedAt} ${workerId}`}>
              {endedAt
                ? t('run.twice.ended', {
                    ...facts,
                    ended: absoluteTime(endedAt),
                  })
                : t('run.twice.started', facts)}
            </li>
          );
        })}
      </ol>
    </Note>
  );
}

function Note(props: { tone: Shade; label: string; children: ReactNode }) {
  const classes = useStyles(props);
  return (
    <div className={classes.root} role="note" aria-label={props.label}>
      {props.children}
    </div>
  );
}

function Stack({ text }: { text: string }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles({ tone: 'bad' });
  const [open, setOpen] = useState(false);
  return (
    <>
      <PlainButton
        inherits
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        style={{ marginLeft: -5 }}
      >
        {open ? t('run.failure.hideStack') : t('run.failure.showStack')}
      </PlainButton>
      {open && (
        <div className={classes.stack}>
          <Json value={text} label={t('run.failure.stack')} />
        </div>
      )}
    </>
  );
}
