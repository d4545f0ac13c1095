import Button from '@material-ui/core/Button';
import Typography from '@material-ui/core/Typography';
import type { MigrationComponent } from '@craft-easy/backstage-plugin-operations-common';
import { AnswerLine } from '../components/AnswerLine';
import { EmptyState } from '../components/EmptyState';
import { FilterBar } from '../components/filters';
import { StaleNotice } from '../components/Freshness';
import { RelativeTime } from '../components/RelativeTime';
import { Stack } from '../components/Stack';
import { DataTable, type Column } from '../components/table';
import { useLive } from '../hooks/useLive';
import { listParam, optionalParam, useUrlState } from '../hooks/useUrlState';
import { ComponentDetail } from './ComponentDetail';
import { StateChip } from './StateChip';
import { VersionBar } from './VersionBar';
import { STATES, idOf, migrationsAnswer, pendingText } from './words';

const PARAMS = {
  environment: listParam,
  state: listParam,
  open: optionalParam,
};

const SNIPPET = `import { MigrationReporter } from '@craft-easy/operations-sdk/migrations';

new MigrationReporter({
  portalUrl, token, component: 'tenant-api', version: '1.8.3',
  collect: () => ({ init: { state: 'initialised' } }),
}).start();`;

const COLUMNS: Array<Column<MigrationComponent>> = [
  {
    id: 'component',
    title: 'Component',
    width: 210,
    narrow: 'head',
    render: c => (
      <>
        <strong>{c.component}</strong>
        <Typography variant="body2" color="textSecondary">
          {c.environment}
        </Typography>
      </>
    ),
  },
  {
    id: 'state',
    title: 'State',
    width: 140,
    render: c => <StateChip state={c.state} />,
  },
  {
    id: 'why',
    title: 'Why',
    render: c => c.reasons[0] ?? 'Code and database agree',
  },
  {
    id: 'versions',
    title: 'Versions',
    width: 170,
    minWindow: 960,
    render: c =>
      c.source === 'reports' ? (
        <VersionBar versions={c.versions} />
      ) : (
        `read by ${c.source}`
      ),
  },
  {
    id: 'indexes',
    title: 'Indexes',
    align: 'right',
    width: 90,
    minWindow: 1280,
    render: c => pendingText(c),
  },
  {
    id: 'migrations',
    title: 'Pending',
    align: 'right',
    width: 90,
    minWindow: 1280,
    render: c => c.pendingMigrations || 'none',
  },
  {
    id: 'since',
    title: 'Since',
    width: 110,
    render: c => <RelativeTime at={c.since} />,
  },
];

/** Has this deploy settled? Per component and environment, the worst first. */
export function MigrationsPage() {
  const [url, setUrl] = useUrlState(PARAMS);
  const migrations = useLive(
    ['migrations'],
    api => api.migrations.getMigrations(),
    { everyMs: 3_000, topics: ['migrations'] },
  );
  const all = migrations.data?.items;
  const rows = all?.filter(
    c =>
      (!url.environment.length || url.environment.includes(c.environment)) &&
      (!url.state.length || url.state.includes(c.state)),
  );
  const filtered = url.environment.length + url.state.length > 0;
  const clear = () => setUrl({ environment: [], state: [] });
  const open = all?.find(c => idOf(c) === url.open);
  return (
    <Stack>
      <AnswerLine
        loading={migrations.loading}
        updatedAt={migrations.updatedAt}
        error={migrations.error}
      >
        {migrations.data
          ? migrationsAnswer(migrations.data.environments)
          : 'Migrations'}
      </AnswerLine>
      {migrations.data && (
        <StaleNotice
          error={migrations.error}
          updatedAt={migrations.updatedAt}
        />
      )}
      <FilterBar
        facets={[
          {
            id: 'environment',
            title: 'Environment',
            selected: url.environment,
            onChange: environment => setUrl({ environment }),
            options: counts(all ?? [], c => c.environment),
          },
          {
            id: 'state',
            title: 'State',
            selected: url.state,
            onChange: state => setUrl({ state }),
            options: counts(all ?? [], c => c.state).map(option => ({
              ...option,
              text: STATES[option.value as keyof typeof STATES]?.word,
            })),
          },
        ]}
        onClear={filtered ? clear : undefined}
      />
      <DataTable
        label="Components"
        what="components"
        columns={COLUMNS}
        rows={rows}
        rowKey={idOf}
        selectedKey={url.open}
        onRowClick={c => setUrl({ open: idOf(c) })}
        rowActions={c => (
          <Button
            size="small"
            aria-label={`Open ${c.component} in ${c.environment}`}
            onClick={() => setUrl({ open: idOf(c) })}
          >
            Open
          </Button>
        )}
        error={migrations.error}
        onRetry={migrations.refresh}
        filtered={filtered}
        onClearFilters={clear}
        empty={
          <EmptyState title="No component has reported yet" snippet={SNIPPET}>
            A component appears here once one of its instances reports, or the
            portal's configuration names its database.
          </EmptyState>
        }
      />
      {open && (
        <ComponentDetail
          component={open}
          onClose={() => setUrl({ open: undefined })}
        />
      )}
    </Stack>
  );
}

function counts(
  components: MigrationComponent[],
  of: (component: MigrationComponent) => string,
) {
  const found = new Map<string, number>();
  for (const component of components) {
    found.set(of(component), (found.get(of(component)) ?? 0) + 1);
  }
  return [...found]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([value, count]) => ({ value, count }));
}
