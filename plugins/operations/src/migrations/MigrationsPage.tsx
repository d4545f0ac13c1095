import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useTheme } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import type { MigrationComponent } from '@craft-easy/backstage-plugin-operations-common';
import { styles } from '../components/styles';
import { EmptyState } from '../components/EmptyState';
import { facetMaker } from '../components/filters';
import { ListPage } from '../components/ListPage';
import { SideDrawer } from '../components/SideDrawer';
import { type Column, DataTable, timeColumn } from '../components/table';
import { tones, type Tone } from '../components/tones';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { listParam, optionalParam, useFilters } from '../hooks/useUrlState';
import { ComponentDetail } from './ComponentDetail';
import { migrationMessages, type MigrationT } from './messages';
import { StateChip } from './StateChip';
import { idOf, migrationsAnswer, pendingText } from './words';
import { Button } from '../components';
import type { Presettable } from '../shell/presets';

const useStyles = styles('VersionBar', {
  bar: { display: 'flex', height: 6, borderRadius: 3, overflow: 'hidden' },
  text: { fontSize: '0.8125rem', fontVariantNumeric: 'tabular-nums' },
});

const FILTERS = {
  environment: listParam,
  state: listParam,
} satisfies Presettable<'migrations'>;
const OPEN = { open: optionalParam };

const SNIPPET = `import { MigrationReporter } from '@craft-easy/operations-sdk/migrations';

new MigrationReporter({
  portalUrl, token, component: 'tenant-api', version: '1.8.3',
  collect: () => ({ init: { state: 'initialised' } }),
}).start();`;

const columns = (t: MigrationT): Array<Column<MigrationComponent>> => [
  {
    title: t('table.component'),
    width: 210,
    phone: 'head',
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
    title: t('table.state'),
    width: 140,
    render: c => <StateChip state={c.state} />,
  },
  { title: t('table.why'), render: c => c.reasons[0] ?? t('table.agree') },
  {
    title: t('table.versions'),
    width: 170,
    minWindow: 960,
    render: c =>
      c.source === 'reports' ? (
        <VersionBar versions={c.versions} />
      ) : (
        t('table.readBy', { source: c.source })
      ),
  },
  {
    title: t('table.indexes'),
    align: 'right',
    width: 90,
    minWindow: 1280,
    render: c => pendingText(t, c),
  },
  {
    title: t('table.pending'),
    align: 'right',
    width: 90,
    minWindow: 1280,
    render: c => c.pendingMigrations || t('table.none'),
  },
  timeColumn(t('table.since'), c => c.since),
];

/** Answers whether a deploy has settled, per component and environment, the worst first. */
export function MigrationsPage() {
  const { t } = useTranslationRef(migrationMessages);
  const { url, setUrl, clear } = useFilters(FILTERS, OPEN);
  const migrations = useLive(
    'GET /migrations',
    {},
    { everyMs: 3_000, topics: ['migrations'] },
  );
  const all = migrations.data?.items;
  const rows = all?.filter(
    c =>
      (!url.environment.length || url.environment.includes(c.environment)) &&
      (!url.state.length || url.state.includes(c.state)),
  );
  const facet = facetMaker<'environment' | 'state'>(url, setUrl);
  const open = all?.find(c => idOf(c) === url.open);
  return (
    <ListPage
      title={t('title')}
      live={migrations}
      answer={data => migrationsAnswer(t, data)}
      filters={{
        facets: [
          facet(
            'environment',
            t('facets.environment'),
            counts(all, 'environment'),
          ),
          facet(
            'state',
            t('facets.state'),
            counts(all, 'state').map(option => ({
              ...option,
              text: t(`states.${option.value}`),
            })),
          ),
        ],
        onClear: clear,
      }}
    >
      <DataTable
        label={t('table.title')}
        failure={t('table.failure')}
        noMatch={t('table.noMatch')}
        columns={columns(t)}
        rows={rows}
        rowKey={idOf}
        selectedKey={url.open}
        onRowClick={c => setUrl({ open: idOf(c) })}
        rowActions={c => (
          <Button
            rank="tertiary"
            aria-label={t('table.openComponent', {
              component: c.component,
              environment: c.environment,
            })}
            onClick={() => setUrl({ open: idOf(c) })}
          >
            {t('table.open')}
          </Button>
        )}
        live={migrations}
        onClearFilters={clear}
        empty={
          <EmptyState title={t('empty.title')} snippet={SNIPPET}>
            {t('empty.text')}
          </EmptyState>
        }
      />
      <SideDrawer
        label={url.open ?? ''}
        open={open !== undefined}
        onClose={() => setUrl({ open: undefined })}
      >
        {open && <ComponentDetail component={open} />}
      </SideDrawer>
    </ListPage>
  );
}

function counts<K extends 'environment' | 'state'>(
  components: MigrationComponent[] = [],
  name: K,
) {
  const found = new Map<MigrationComponent[K], number>();
  for (const { [name]: value } of components) {
    found.set(value, (found.get(value) ?? 0) + 1);
  }
  return [...found]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([value, count]) => ({ value, count }));
}

const ORDER: Tone[] = ['busy', 'warn', 'odd', 'neutral'];

/**
 * The running versions, with their number of instances: one colour means that the deploy is
 * complete.
 */
function VersionBar(props: { versions: MigrationComponent['versions'] }) {
  const classes = useStyles();
  const { t } = useTranslationRef(migrationMessages);
  const palette = tones(useTheme());
  if (props.versions.length === 0) return <>{t('table.noneRunning')}</>;
  return (
    <div>
      <div className={classes.bar} aria-hidden>
        {props.versions.map(({ version, instances }, i) => (
          <span
            key={version}
            style={{
              flex: instances,
              backgroundColor: palette[ORDER[Math.min(i, 3)]].solid,
            }}
          />
        ))}
      </div>
      <span className={classes.text}>
        {props.versions.map(v => `${v.version} × ${v.instances}`).join(', ')}
      </span>
    </div>
  );
}
