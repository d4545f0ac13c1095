import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { Facts } from '../../components/Facts';
import { Json } from '../../components/Json';
import { MiddleTruncate } from '../../components/MiddleTruncate';
import { Person } from '../../components/Person';
import { absoluteTime, durationText } from '../../components/time';
import { Muted, Quote } from '../../components/text';
import { Unsigned, unsignedText } from '../Unsigned';
import { jobMessages, type JobT } from '../messages';

/** Who started a run, why, and its result. */
export function RunFacts({ run }: { run: RunDetail }) {
  const { t } = useTranslationRef(jobMessages);
  return (
    <Facts
      facts={[
        [
          t('run.facts.triggeredBy'),
          <>
            {run.triggeredBy
              ? t('run.facts.triggeredByPerson', {
                  trigger: t(`trigger.${run.trigger}`),
                  person: <Person of={run.triggeredBy} />,
                })
              : t(`trigger.${run.trigger}`)}{' '}
            {run.reason && <Quote text={run.reason} />} <Unsigned run={run} />
          </>,
        ],
        [t('run.facts.unsigned'), unsignedText(t, run)],
        [t('run.facts.claims'), run.claims && <Claims claims={run.claims} />],
        [
          t('run.facts.scheduledFor'),
          run.scheduledFor && slotText(t, run.scheduledFor, run.lateMs),
        ],
        [
          t('run.facts.timeRange'),
          run.timeRange &&
            t('run.facts.range', {
              from: absoluteTime(run.timeRange.from),
              to: absoluteTime(run.timeRange.to),
            }),
        ],
        [
          t('run.facts.cancelledBy'),
          run.cancelledBy && <Person of={run.cancelledBy} />,
        ],
        [
          t('run.facts.result'),
          run.result !== undefined && run.result !== null && (
            <Json value={run.result} label={t('run.facts.result')} />
          ),
        ],
      ]}
    />
  );
}

function slotText(t: JobT, slot: string, lateMs: number | undefined): string {
  const time = absoluteTime(slot);
  return lateMs === undefined
    ? time
    : t('run.facts.late', { time, duration: durationText(lateMs) });
}

/** What a request says of people, in words that do not take it for true. */
function Claims({ claims }: { claims: NonNullable<RunDetail['claims']> }) {
  const { t } = useTranslationRef(jobMessages);
  const { triggeredBy, trigger, reason, cancelledBy, problem } = claims;
  return (
    <>
      {triggeredBy && <Requested by={triggeredBy} as={trigger} />}{' '}
      {reason && <Quote text={reason} />}{' '}
      {cancelledBy &&
        t('run.claims.cancelled', { person: <Person of={cancelledBy} /> })}{' '}
      {problem && <Muted>{t('run.claims.problem', { problem })}</Muted>}
    </>
  );
}

function Requested(props: {
  by: string;
  as: RunDetail['trigger'] | undefined;
}) {
  const { t } = useTranslationRef(jobMessages);
  const person = <Person of={props.by} />;
  return props.as
    ? t('run.claims.requestedAs', {
        person,
        trigger: t(`trigger.${props.as}`),
      })
    : t('run.claims.requested', { person });
}

/** Where a run took place, for those who have to look there. */
export function RunWhereabouts({ run }: { run: RunDetail }) {
  const { t } = useTranslationRef(jobMessages);
  const id = (text: string | undefined, copy: string) =>
    text && <MiddleTruncate text={text} mono tail={12} copy={copy} />;
  return (
    <Facts
      facts={[
        [t('run.facts.worker'), id(run.workerId, t('run.facts.copyWorkerId'))],
        [
          t('run.facts.queueId'),
          id(run.engineJobId, t('run.facts.copyQueueId')),
        ],
      ]}
    />
  );
}
