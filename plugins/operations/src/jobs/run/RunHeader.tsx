import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Block from '@material-ui/icons/Block';
import Replay from '@material-ui/icons/Replay';
import { Link } from '@backstage/core-components';
import {
  isFinalStatus,
  type RunDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { quietText, styles, wrapped } from '../../components/styles';
import { ActionButton } from '../../components/actions';
import { Duration } from '../../components/Duration';
import { MiddleTruncate } from '../../components/MiddleTruncate';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { isFailure } from '../failures';
import { Mark } from '../Mark';
import { PageOnCall } from '../PageOnCall';
import { RunStatus } from '../runColumns';
import type { RunParam } from '../useRunParam';
import { jobMessages } from '../messages';
import { Aftermath, RunLink } from './Aftermath';

const useStyles = styles('RunHeader', theme => ({
  root: { display: 'flex', alignItems: 'flex-start', gap: theme.spacing(1) },
  main: { flex: 1, minWidth: 0 },
  title: {
    margin: 0,
    fontSize: '1.125rem',
    fontWeight: 600,
    overflowWrap: 'anywhere',
  },
  line: {
    ...wrapped,
    gap: theme.spacing(0.5, 1),
    marginTop: 4,
    [theme.breakpoints.up('sm')]: {
      '& > span:not(:first-child)::before': {
        content: '"·"',
        marginRight: theme.spacing(1),
        color: quietText(theme),
      },
    },
  },
  id: { display: 'inline-flex', maxWidth: 260 },
  actions: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    marginTop: theme.spacing(1),
  },
}));

/**
 * "succeeded · exit 0 · 18 s · attempt 2 of run …a41 ⟵ retry of …9f3", and the actions of the run.
 */
export function RunHeader(props: {
  run: RunDetail;
  param: RunParam;
  onCancel: () => void;
  onRetry: () => void;
}) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const links = useLinks();
  const { run, param } = props;
  const final = isFinalStatus(run.status);
  const toPage = whomToPage(run);
  const retryLeads = isFailure(run.status) && !run.retriedBy && !toPage;
  return (
    <header className={classes.root}>
      <div className={classes.main}>
        <h2 className={classes.title}>
          <Link to={links.jobHref({ engine: run.engine, name: run.jobName })}>
            {run.jobName}
          </Link>
        </h2>
        <div className={classes.line}>
          <RunStatus run={run} />
          {run.exitCode !== undefined && (
            <span>{t('run.exit', { code: String(run.exitCode) })}</span>
          )}
          {(run.durationMs !== undefined || run.startedAt) && (
            <span>
              <Duration
                ms={run.durationMs}
                since={run.startedAt}
                until={run.endedAt}
              />
            </span>
          )}
          <span>{t('run.attempt', { n: run.attempt })}</span>
          <span>
            {t('run.named', {
              id: (
                <span className={classes.id}>
                  <MiddleTruncate text={run.id} mono copy={t('run.copyId')} />
                </span>
              ),
            })}
          </span>
          {run.tenant && <span>{t('run.tenant', { tenant: run.tenant })}</span>}
          {run.dryRun && (
            <span>
              <Mark text={t('marks.dryRun.text')} title={t('run.dryRun')} />
            </span>
          )}
          {run.retryOf && (
            <span>
              {t('run.retryOf', {
                run: <RunLink id={run.retryOf} param={param} />,
              })}
            </span>
          )}
        </div>
        <Aftermath run={run} param={param} />
        <div className={classes.actions}>
          {toPage && <PageOnCall contact={toPage} />}
          {final && (
            <ActionButton
              capability={run.actions.retry}
              label={t('run.retryNamed', { job: run.jobName })}
              icon={<Replay />}
              onClick={props.onRetry}
              rank={retryLeads ? 'primary' : 'secondary'}
            >
              {t('run.retry')}
            </ActionButton>
          )}
          {!final && (
            <ActionButton
              capability={run.actions.cancel}
              label={t('run.cancelNamed', { job: run.jobName })}
              icon={<Block />}
              onClick={props.onCancel}
            >
              {run.status === 'cancelling'
                ? t('run.cancelling')
                : t('run.cancel')}
            </ActionButton>
          )}
        </div>
      </div>
    </header>
  );
}

/** Whom to page about a failure that nobody may retry. */
function whomToPage(run: RunDetail) {
  const { rule, contact } = run.actions.retry;
  if (rule !== 'contract' || !isFailure(run.status) || run.recovered) {
    return undefined;
  }
  return contact?.url ? { title: contact.title, url: contact.url } : undefined;
}
