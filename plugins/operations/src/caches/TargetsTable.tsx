import { useTranslationRef } from '@backstage/frontend-plugin-api';
import DeleteSweep from '@material-ui/icons/DeleteSweepOutlined';
import Typography from '@material-ui/core/Typography';
import type { CacheTargetSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionButton } from '../components/actions';
import { EmptyState } from '../components/EmptyState';
import { RelativeTime } from '../components/RelativeTime';
import { StatusChip } from '../components/StatusChip';
import { DataTable, type Column } from '../components/table';
import type { Live } from '@craft-easy/backstage-plugin-operations-react';
import { cacheMessages, type CacheT } from './messages';
import { bytesText, percentOf } from './words';
import { PlainButton } from '../components/buttons';
import { styles, wrapped } from '../components/styles';

const useStyles = styles('TargetsTable', {
  // the time below the status where it lacks room beside it
  purge: {
    textAlign: 'left',
    '& > .MuiButton-label': {
      ...wrapped,
      justifyContent: 'flex-start',
      gap: '0 6px',
    },
  },
});

const SNIPPET = `operations:
  caches:
    targets:
      - name: tenant-api
        title: Tenant API cache
        redis: { url: \${CACHE_REDIS_URL} }
        allowedPrefixes: ['cache:']
        protectedPrefixes:
          - { prefix: 'cache:session:', why: signed-in customers }`;

/** Lists the caches, each with its size and its last purge. */
export function TargetsTable(props: {
  caches: Live<{ items: CacheTargetSummary[] }>;
  targets: CacheTargetSummary[] | undefined;
  chosen: string | undefined;
  onPurge: (target: CacheTargetSummary) => void;
  onOpen: (purge: string) => void;
}) {
  const { t } = useTranslationRef(cacheMessages);
  const classes = useStyles();
  const columns: Array<Column<CacheTargetSummary>> = [
    {
      title: t('targets.cache'),
      phone: 'head',
      render: target => (
        <>
          <strong>{target.title}</strong>
          <Typography variant="body2" color="textSecondary">
            {target.description}
          </Typography>
        </>
      ),
    },
    {
      title: t('targets.size'),
      align: 'right',
      width: 190,
      render: target =>
        target.health
          ? t('targets.sizeOf', {
              keys: t('counts.keys', { count: target.health.keys }),
              bytes: bytesText(target.health.usedBytes),
            })
          : target.unreachable ?? '–',
    },
    {
      title: t('targets.servers'),
      width: 130,
      minWindow: 960,
      render: target => serversText(t, target),
    },
    {
      title: t('targets.purgeable'),
      minWindow: 1280,
      render: target => (
        <code>
          {target.allowedPrefixes.map(prefix => `${prefix}…`).join(', ') ||
            t('targets.anyKey')}
        </code>
      ),
    },
    {
      title: t('targets.lastPurge'),
      width: 230,
      render: target => {
        const purge = target.activePurge ?? target.lastPurge;
        if (!purge) return t('targets.never');
        return (
          <PlainButton
            className={classes.purge}
            onClick={() => props.onOpen(purge.id)}
          >
            <StatusChip
              status={purge.status}
              text={
                purge.status === 'running'
                  ? t('targets.running', { percent: String(percentOf(purge)) })
                  : undefined
              }
            />
            <span>
              <RelativeTime at={purge.endedAt ?? purge.createdAt} />
              {target.queued > 0 &&
                `, ${t('targets.queued', { count: target.queued })}`}
            </span>
          </PlainButton>
        );
      },
    },
    {
      title: t('targets.action'),
      hideTitle: true,
      width: 120,
      // always in sight, since the page exists for this action
      render: target => (
        <ActionButton
          capability={target.purge}
          label={t('targets.purgeOf', { cache: target.title })}
          icon={<DeleteSweep />}
          onClick={() => props.onPurge(target)}
        >
          {t('targets.purge')}
        </ActionButton>
      ),
    },
  ];
  return (
    <DataTable
      label={t('targets.title')}
      failure={t('targets.failure')}
      columns={columns}
      live={props.caches}
      rows={props.targets}
      rowKey={target => target.name}
      selectedKey={props.chosen}
      expectedRows={2}
      empty={
        <EmptyState title={t('empty.title')} snippet={SNIPPET}>
          {t('empty.text')}
        </EmptyState>
      }
    />
  );
}

function serversText(t: CacheT, target: CacheTargetSummary): string {
  if (target.topology === 'cluster') {
    return target.health
      ? t('targets.clusterOf', { count: target.health.masters })
      : t('targets.cluster');
  }
  return target.topology === 'sentinel'
    ? t('targets.sentinel')
    : t('targets.single');
}
