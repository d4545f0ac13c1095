import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import {
  DEFAULT_RUNS_PER_SECOND,
  MAX_RUNS_PER_SECOND,
  type RunBulkAction,
  type RunBulkPreview,
  type RunFilter,
  jobKeyOf,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { Counting } from '../../bulk/Counting';
import { PaceField, usePace } from '../../bulk/PaceField';
import { ActionDialog } from '../../components/actions';
import { Contact } from '../../components/actions/Explanation';
import { listText, numberText } from '../../components/format';
import { useReasonText } from '../../components/reasons/words';
import { styles } from '../../components/styles';
import { durationText } from '../../components/time';
import {
  useLinks,
  useLive,
} from '@craft-easy/backstage-plugin-operations-react';
import { runMessages, type RunT } from '../messages';

/** A fact names at most so many jobs or tenants. */
const NAMED = 6;

const useStyles = styles('RunBulkDialog', theme => ({
  forbidden: {
    margin: 0,
    padding: theme.spacing(1, 1.5),
    borderLeft: `3px solid ${theme.palette.warning.main}`,
    '& h3': { margin: 0, fontSize: '0.875rem' },
    '& ul': { margin: 0, paddingLeft: theme.spacing(2.5) },
  },
}));

/**
 * Retries or cancels many runs. Their exact number is counted first, by job and tenant, and the
 * action is done to that many or to none. Those that a contract forbids are listed with whom to
 * page.
 */
export function RunBulkDialog(props: {
  action: RunBulkAction;
  /** chosen by id; undefined: all that the filter matches */
  ids: string[] | undefined;
  filter: RunFilter;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslationRef(runMessages);
  const { action, ids, filter } = props;
  const preview = useLive(
    'POST /run-bulks/preview',
    { body: { action, selection: ids ? { ids } : { filter } } },
    { everyMs: 0 },
  );
  if (!preview.data || preview.switching || !preview.answered) {
    return (
      <Counting
        of={preview}
        words={{
          counting: t('dialog.counting'),
          failure: t('dialog.notCounted'),
        }}
        onClose={props.onClose}
      />
    );
  }
  // counted again, as when the window gets the focus back, it is the same dialog: what was typed
  // into it stays
  return <CountedDialog {...props} preview={preview.data} />;
}

function CountedDialog(
  props: Parameters<typeof RunBulkDialog>[0] & { preview: RunBulkPreview },
) {
  const { t } = useTranslationRef(runMessages);
  const classes = useStyles();
  const links = useLinks();
  const reasonText = useReasonText();
  const pace = usePace(DEFAULT_RUNS_PER_SECOND, MAX_RUNS_PER_SECOND);
  const { action, ids, filter, preview } = props;
  const { count, asOf, forbidden } = preview;
  const { perSecond } = pace;
  return (
    <ActionDialog
      action={`run.bulk-${action}`}
      onClose={props.onClose}
      title={t(`dialog.titles.${action}`, { count })}
      button={t(`dialog.buttons.${action}`)}
      keep={action === 'cancel' ? t('dialog.keep') : undefined}
      danger={action === 'cancel'}
      facts={factsOf(t, action, preview, perSecond)}
      valid={count > 0 && perSecond !== undefined}
      endpoint="POST /run-bulks"
      body={() => ({
        action,
        selection: ids ? { ids } : { filter, asOf },
        expected: count,
        perSecond,
      })}
      outcome={result => {
        props.onDone();
        return t(`dialog.outcomes.${action}`, { count: result.bulk.total });
      }}
    >
      {forbidden.length > 0 && (
        <div className={classes.forbidden}>
          <h3>
            {t(`dialog.forbidden.${action}`, {
              count: forbidden.reduce((sum, job) => sum + job.count, 0),
            })}
          </h3>
          <ul>
            {forbidden.map(job => (
              <li key={`${job.jobId} ${job.reason}`}>
                <Link to={links.jobHref(jobKeyOf(job.jobId))}>
                  {job.jobName}
                </Link>
                {`: ${numberText(job.count)} · ${reasonText(job)} `}
                {job.contact && <Contact contact={job.contact} />}
              </li>
            ))}
          </ul>
        </div>
      )}
      <PaceField
        pace={pace}
        label={t('dialog.pace.label')}
        help={t('dialog.pace.help')}
      />
    </ActionDialog>
  );
}

const SKIPPED = [
  'recovered',
  'retried',
  'state',
  'underWay',
  'permission',
] as const;

function factsOf(
  t: RunT,
  action: RunBulkAction,
  preview: RunBulkPreview,
  perSecond: number | undefined,
): string[] {
  const { count, skipped, jobs, jobCount, tenants, tenantCount } = preview;
  const facts: string[] = [];
  if (count > 0) {
    facts.push(
      t('dialog.jobs', {
        count: jobCount,
        jobs: named(
          jobs.map(job => [job.jobName, job.count]),
          jobCount,
        ),
      }),
    );
    if (tenantCount > 0) {
      facts.push(
        t('dialog.tenants', {
          count: tenantCount,
          tenants: named(
            tenants.flatMap(({ tenant, count: n }) =>
              tenant === undefined ? [] : [[tenant, n] as [string, number]],
            ),
            tenantCount,
          ),
        }),
      );
    }
    facts.push(t(`dialog.effects.${action}`));
    if (perSecond) {
      const ms = (preview.largestLane / perSecond) * 1000;
      facts.push(
        t('dialog.time', { duration: durationText(Math.max(1000, ms)) }),
      );
    }
  } else {
    facts.push(t(`dialog.nothing.${action}`));
  }
  for (const why of SKIPPED) {
    if (skipped[why] > 0) {
      facts.push(t(`dialog.skipped.${why}`, { count: skipped[why] }));
    }
  }
  return facts;
}

/** "export (12), import (9)", and an ellipsis for the rest. */
function named(counts: Array<[string, number]>, total: number): string {
  const shown = counts
    .slice(0, NAMED)
    .map(([name, count]) => `${name} (${numberText(count)})`);
  return total > shown.length ? `${shown.join(', ')}, …` : listText(shown);
}
