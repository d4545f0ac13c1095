import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import type { ErrorGroup } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { listText } from '../../components/format';
import { RelativeTime } from '../../components/RelativeTime';
import { Section } from '../../components/Stack';
import {
  type Column,
  countColumn,
  DataTable,
  RowToggle,
  timeColumn,
} from '../../components/table';
import {
  useLinks,
  useLive,
} from '@craft-easy/backstage-plugin-operations-react';
import { runMessages } from '../../runs/messages';
import { Mark } from '../Mark';
import { JOB_TOPICS } from '../topics';
import type { RunParam } from '../useRunParam';
import { jobMessages, type JobT } from '../messages';

/**
 * Groups failures that differ only in ids, numbers and quoted values: choosing a group filters the
 * runs below. Renders nothing where nothing failed.
 */
export function ErrorGroups(props: {
  job: JobKey;
  run: RunParam;
  selected: string | undefined;
  onSelect: (fingerprint: string | undefined) => void;
}) {
  const { t } = useTranslationRef(jobMessages);
  const { t: runs } = useTranslationRef(runMessages);
  const links = useLinks();
  const { job, selected, onSelect } = props;
  const groups = useLive(
    'GET /jobs/:engine/:name/error-groups',
    { params: job },
    { topics: JOB_TOPICS, everyMs: 30_000 },
  );
  const rows = groups.data?.items;
  if (!rows?.length && !groups.error) return null;
  const toggle = (group: ErrorGroup) =>
    onSelect(group.fingerprint === selected ? undefined : group.fingerprint);

  const columns: Array<Column<ErrorGroup>> = [
    {
      title: t('errors.columns.error'),
      phone: 'head',
      render: group => (
        <RowToggle
          on={group.fingerprint === selected}
          title={t('errors.show', { message: group.message })}
          onClick={() => toggle(group)}
        >
          {group.lastMessage ?? group.message}
        </RowToggle>
      ),
    },
    {
      title: runs('links.group'),
      hideTitle: true,
      width: 110,
      phone: 'hide',
      render: group => (
        <Link
          to={links.pageHref('runs', { group: group.fingerprint })}
          title={runs('links.groupTitle')}
        >
          {runs('links.group')}
        </Link>
      ),
    },
    countColumn(t('errors.columns.count'), group => group.count, { width: 80 }),
    {
      title: t('errors.columns.tenants'),
      minWindow: 960,
      render: group => tenantsText(t, group.tenants),
    },
    timeColumn(t('errors.columns.first'), group => group.firstSeenAt, {
      minWindow: 960,
    }),
    {
      title: t('errors.columns.last'),
      width: 200,
      render: group => (
        <>
          <Link to={props.run.hrefOf(group.lastRunId)}>
            <RelativeTime at={group.lastSeenAt} />
          </Link>{' '}
          {group.recovered && (
            <Mark
              text={t('errors.recovered')}
              title={t('errors.recoveredTitle')}
              tone="good"
            />
          )}
        </>
      ),
    },
  ];
  return (
    <Section
      title={t('errors.title')}
      aside={rows && t('errors.kinds', { count: rows.length })}
    >
      <DataTable
        label={t('errors.title')}
        failure={t('errors.failure')}
        columns={columns}
        rows={rows}
        rowKey={group => group.fingerprint}
        selectedKey={selected}
        onRowClick={toggle}
        live={groups}
        empty={null}
      />
    </Section>
  );
}

function tenantsText(t: JobT, tenants: string[]): string {
  if (tenants.length === 0) return '–';
  if (tenants.length <= 2) return listText(tenants);
  const [first, second, ...others] = tenants;
  return t('errors.moreTenants', { first, second, more: others.length });
}
