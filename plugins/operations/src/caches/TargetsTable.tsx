import DeleteSweep from '@material-ui/icons/DeleteSweepOutlined';
import Typography from '@material-ui/core/Typography';
import type { CacheTargetSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionButton } from '../components/actions';
import { EmptyState } from '../components/EmptyState';
import { RelativeTime } from '../components/RelativeTime';
import { StatusChip } from '../components/StatusChip';
import { DataTable, type Column } from '../components/table';
import type { Live } from '../hooks/useLive';
import { bytesText, keysText, percentOf } from './words';
import { PlainButton } from '../components/text';

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
  chosen: string | undefined;
  onPurge: (target: CacheTargetSummary) => void;
  onOpen: (purge: string) => void;
}) {
  const columns: Array<Column<CacheTargetSummary>> = [
    {
      title: 'Cache',
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
      title: 'Holds',
      align: 'right',
      width: 150,
      render: target =>
        target.health
          ? `${keysText(target.health.keys)} · ${bytesText(
              target.health.usedBytes,
            )}`
          : target.unreachable ?? '–',
    },
    {
      title: 'Servers',
      width: 130,
      minWindow: 960,
      render: target => serversText(target),
    },
    {
      title: 'May be purged',
      minWindow: 1280,
      render: target => (
        <code>
          {target.allowedPrefixes.map(prefix => `${prefix}…`).join(', ') ||
            'any key that is not protected'}
        </code>
      ),
    },
    {
      title: 'Last purge',
      width: 230,
      render: target => {
        const purge = target.activePurge ?? target.lastPurge;
        if (!purge) return 'never';
        return (
          <PlainButton onClick={() => props.onOpen(purge.id)}>
            <StatusChip
              status={purge.status}
              text={
                purge.status === 'running'
                  ? `running ${percentOf(purge)} %`
                  : undefined
              }
            />
            &nbsp;
            <RelativeTime at={purge.endedAt ?? purge.createdAt} />
            {target.queued > 0 && `, ${target.queued} waiting`}
          </PlainButton>
        );
      },
    },
    {
      title: 'Action',
      hideTitle: true,
      width: 120,
      // always in sight, since the page exists for this action
      render: target => (
        <ActionButton
          capability={target.purge}
          label={`Purge ${target.title}`}
          icon={<DeleteSweep />}
          onClick={() => props.onPurge(target)}
        >
          Purge…
        </ActionButton>
      ),
    },
  ];
  return (
    <DataTable
      label="Caches"
      failure="The caches could not be loaded"
      columns={columns}
      live={props.caches}
      rows={props.caches.data?.items}
      rowKey={target => target.name}
      selectedKey={props.chosen}
      expectedRows={2}
      empty={
        <EmptyState
          title="No cache may be purged from here yet"
          snippet={SNIPPET}
        >
          A cache appears here once the portal's configuration names it, with
          the prefixes of keys that may be purged and those that never may.
        </EmptyState>
      }
    />
  );
}

function serversText(target: CacheTargetSummary): string {
  if (target.topology === 'cluster') {
    return target.health
      ? `cluster of ${target.health.masters} primaries`
      : 'cluster';
  }
  return target.topology === 'sentinel' ? 'with sentinels' : 'one server';
}
