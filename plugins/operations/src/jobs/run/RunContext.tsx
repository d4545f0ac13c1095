import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  effectiveParameters,
  isFinalStatus,
  type RunContext as Context,
  type RunDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { PlainButton } from '../../components/buttons';
import { copyText } from '../../components/copyText';
import { compareFields } from '../../components/differences';
import { useOutcome } from '../../components/Outcomes';
import { Section } from '../../components/Stack';
import { styles, wrapped } from '../../components/styles';
import { Muted } from '../../components/text';
import { durationText, roughDuration } from '../../components/time';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { jobMessages, type JobT } from '../messages';
import { isFailure } from '../failures';
import { ParametersDiff } from '../parameters/ParametersDiff';
import { JOB_TOPICS } from '../topics';
import type { RunParam } from '../useRunParam';
import { RunLink } from './Aftermath';
import { markdownOf } from './markdown';

const useStyles = styles('RunContext', theme => ({
  line: { ...wrapped, gap: theme.spacing(1, 2), fontSize: '0.875rem' },
}));

/**
 * What is around a run: the ones before and after it, how long it usually takes, how a failure
 * differs from the last success, and the run as text for a ticket.
 */
export function RunContext(props: {
  run: RunDetail;
  param: RunParam;
  schema: Record<string, unknown> | null | undefined;
}) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const show = useOutcome();
  const { run, param, schema } = props;
  const { data } = useLive(
    'GET /runs/:id/context',
    { params: { id: run.id } },
    { everyMs: 30_000, topics: JOB_TOPICS },
  );
  const copy = async () => {
    const text = markdownOf(t, run, window.location.href);
    show({
      text: (await copyText(text))
        ? t('context.copied')
        : t('context.notCopied'),
    });
  };
  const usual = data?.usualDurationMs;
  return (
    <>
      <div className={classes.line}>
        {!isFinalStatus(run.status) && usual !== undefined && (
          <span>
            {t('context.usually', { duration: roughDuration(usual) })}
          </span>
        )}
        {data?.previous && (
          <span>
            {t('context.previous', {
              run: <RunLink id={data.previous.id} param={param} />,
            })}
          </span>
        )}
        {data?.next && (
          <span>
            {t('context.next', {
              run: <RunLink id={data.next.id} param={param} />,
            })}
          </span>
        )}
        <PlainButton onClick={copy}>{t('context.copy')}</PlainButton>
      </div>
      {isFailure(run.status) && data?.lastSuccess && (
        <Comparison
          run={run}
          success={data.lastSuccess}
          param={param}
          schema={schema}
        />
      )}
    </>
  );
}

/** How a failure differs from the last success before it. */
function Comparison(props: {
  run: RunDetail;
  success: NonNullable<Context['lastSuccess']>;
  param: RunParam;
  schema: Record<string, unknown> | null | undefined;
}) {
  const { t } = useTranslationRef(jobMessages);
  const { run, success, schema } = props;
  const before = effectiveParameters(schema, success.parameters);
  const after = effectiveParameters(schema, run.parameters);
  const isSame = compareFields(before, after).every(field => field.same);
  return (
    <Section
      title={t('context.compare')}
      aside={<RunLink id={success.id} param={props.param} />}
    >
      <p style={{ margin: 0 }}>{durations(t, run, success)}</p>
      {isSame ? (
        <Muted>{t('context.sameParameters')}</Muted>
      ) : (
        <ParametersDiff before={before} after={after} over />
      )}
    </Section>
  );
}

function durations(
  t: JobT,
  run: RunDetail,
  success: NonNullable<Context['lastSuccess']>,
): string {
  return t('context.durations', {
    failed: durationText(run.durationMs),
    succeeded: durationText(success.durationMs),
  });
}
