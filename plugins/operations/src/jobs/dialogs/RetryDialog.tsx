import { useCallback, useMemo, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  effectiveParameters,
  obsoleteParameters,
  withoutParameters,
  type RunDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionDialog, compareFields, listText } from '../../components';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { parameterText } from '../parameters/parameterText';
import { ParametersDiff } from '../parameters/ParametersDiff';
import { ParametersField } from '../parameters/ParametersField';
import type { Parameters } from '../parameters/ParametersForm';
import { jobMessages, type JobT } from '../messages';

/** More parameters are not named in a sentence: the form shows them. */
const MOST_NAMED = 4;

/** Retries a run with the same or adjusted parameters, and shows the difference first. */
export function RetryDialog(props: { run: RunDetail; onClose: () => void }) {
  const { t } = useTranslationRef(jobMessages);
  const links = useLinks();
  const { run } = props;
  const key = { engine: run.engine, name: run.jobName };
  const job = useLive('GET /jobs/:engine/:name', { params: key });
  const schema = job.data?.parametersSchema;
  const obsolete = obsoleteParameters(schema, run.parameters);
  const before = useMemo(() => {
    const names = obsoleteParameters(schema, run.parameters);
    return effectiveParameters(
      schema,
      withoutParameters(run.parameters, names),
    );
  }, [schema, run.parameters]);
  const { adjusted, valid, onChange } = useAdjusted(before);

  return (
    <ActionDialog
      action="job.retry"
      onClose={props.onClose}
      title={t('dialog.retry.title', { job: run.jobName })}
      button={t('dialog.retry.button')}
      facts={[
        run.tenant
          ? t('dialog.retry.facts.inPlaceFor', {
              run: <code>{run.id}</code>,
              tenant: run.tenant,
            })
          : t('dialog.retry.facts.inPlace', { run: <code>{run.id}</code> }),
        ...(run.dryRun ? [t('dialog.retry.facts.dryRun')] : []),
        adjusted
          ? t('dialog.retry.facts.otherParameters')
          : sameText(t, before, run.parameters),
        ...(obsolete.length
          ? [
              t('dialog.retry.facts.obsolete', {
                count: obsolete.length,
                names: listText(obsolete),
              }),
            ]
          : []),
        t('dialog.retry.facts.undone'),
      ]}
      valid={valid}
      endpoint="POST /runs/:id/retry"
      params={{ id: run.id }}
      body={() => ({ ...(adjusted && { parameters: adjusted }) })}
      outcome={result => ({
        text: t('dialog.retry.outcome', { job: run.jobName }),
        links: [{ title: t('dialog.openRun'), to: links.runHref(result.run) }],
        made: [result.run.id],
      })}
      auditOf={result => ({ job: result.run.jobId })}
    >
      {schema && (
        <>
          <ParametersField
            schema={schema}
            initial={before}
            onChange={onChange}
          />
          {adjusted && <ParametersDiff before={before} after={adjusted} />}
        </>
      )}
    </ActionDialog>
  );
}

/**
 * The parameters as the user has adjusted them; `undefined` while nothing differs. What the form
 * itself makes of a value that nobody touched is no adjustment: that value is kept as it was.
 */
function useAdjusted(before: Record<string, unknown>) {
  const [form, setForm] = useState<{ first: Parameters; now: Parameters }>();
  const onChange = useCallback(
    (now: Parameters) =>
      setForm(known => ({ first: known?.first ?? now, now })),
    [],
  );
  const touched = form
    ? compareFields(form.first.value, form.now.value).filter(
        field => !field.same,
      )
    : [];
  const after = { ...before };
  for (const { path, after: value } of touched) {
    if (value === undefined) delete after[path];
    else after[path] = value;
  }
  const adjusted = compareFields(before, after).some(field => !field.same)
    ? after
    : undefined;
  return {
    adjusted,
    // whether what was accepted once still is, the backend says, not the form
    valid: !adjusted || form!.now.valid,
    onChange,
  };
}

/** "It gets the same parameters: daysAhead 30 (default)." */
function sameText(
  t: JobT,
  before: Record<string, unknown>,
  given: Record<string, unknown> = {},
): string {
  const names = Object.keys(before);
  if (names.length === 0 || names.length > MOST_NAMED) {
    return t('dialog.retry.facts.sameParameters');
  }
  const list = names.map(name => {
    const value = parameterText(before[name]);
    return name in given
      ? t('parameters.named', { name, value })
      : t('parameters.namedDefault', { name, value });
  });
  return t('dialog.retry.facts.sameParametersOf', { list: listText(list) });
}
