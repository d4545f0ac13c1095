import Button from '@material-ui/core/Button';
import type { MigrationComponent } from '@craft-easy/backstage-plugin-operations-common';
import type { MigrationInstance } from '@craft-easy/backstage-plugin-operations-common/internal';
import { monospace, styles } from '../components/styles';
import { Section } from '../components/Stack';
import { type Column, DataTable, timeColumn } from '../components/table';
import { IndexDiffTable } from './IndexDiffTable';
import { StateChip } from './StateChip';

const useStyles = styles('ComponentDetail', theme => ({
  list: { margin: theme.spacing(0.5, 0), paddingLeft: theme.spacing(2.5) },
  mono: monospace,
}));

const COLUMNS: Array<Column<MigrationInstance>> = [
  {
    title: 'Instance',
    phone: 'head',
    render: i => (
      <>
        {i.instance}
        {i.retired && ' (ended or replaced)'}
      </>
    ),
  },
  { title: 'Version', width: 170, render: i => i.version },
  { title: 'State', width: 140, render: i => <StateChip state={i.state} /> },
  { title: 'Models', width: 200, minWindow: 960, render: i => initText(i) },
  timeColumn('Last heard of', i => i.reportedAt, { width: 130 }),
];

/** One component: its instances, its migrations, and its indexes side by side. */
export function ComponentDetail(props: {
  component: MigrationComponent;
  onClose: () => void;
}) {
  const classes = useStyles();
  const { component } = props;
  const shown =
    component.instances.find(i => !i.retired && i.state === component.state) ??
    component.instances[0];
  return (
    <Section
      title={`${component.component} in ${component.environment}`}
      aside={<StateChip state={component.state} />}
    >
      {component.reasons.length > 0 && (
        <ul className={classes.list}>
          {component.reasons.map(reason => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <DataTable
        label="Instances"
        failure="The instances could not be loaded"
        columns={COLUMNS}
        rows={component.instances}
        rowKey={i => i.instance}
        rowTone={i => (i.retired ? 'faded' : undefined)}
        empty={null}
      />
      {shown?.migrations && <MigrationsOf instance={shown} />}
      {shown?.indexes.map(diff => (
        <IndexDiffTable key={diff.collection} diff={diff} />
      ))}
      <Button size="small" onClick={props.onClose}>
        Close
      </Button>
    </Section>
  );
}

function MigrationsOf(props: { instance: MigrationInstance }) {
  const classes = useStyles();
  const it = props.instance.migrations!;
  return (
    <Section
      title={`Migrations (${it.tool})`}
      aside={`${it.applied} run · current: ${it.current ?? 'none'}`}
    >
      {it.lastRun && (
        <p>
          Last: <span className={classes.mono}>{it.lastRun.name}</span>{' '}
          {it.lastRun.direction}, {it.lastRun.result}, {it.lastRun.at}
          {/* Beanie writes no zone: guessing one would be wrong by hours */}
          {!/(Z|[+-]\d\d:\d\d)$/.test(it.lastRun.at) &&
            ' (local time of where it ran)'}
          {it.lastRun.batch !== undefined && `, batch ${it.lastRun.batch}`}
        </p>
      )}
      {it.lock && (
        <p>
          Locked{it.lock.since && ` since ${it.lock.since}`}
          {it.lock.by ? ` by ${it.lock.by}` : '; by whom is not written down'}
        </p>
      )}
      <Names title="Not run yet" names={it.pending} />
      <Names title="Not run, though later ones were" names={it.outOfOrder} />
      <Names title="Run, but without a file" names={it.missing} />
    </Section>
  );
}

function Names(props: { title: string; names: string[] }) {
  const classes = useStyles();
  if (props.names.length === 0) return null;
  return (
    <div>
      {props.title}:
      <ul className={classes.list}>
        {props.names.map(name => (
          <li key={name} className={classes.mono}>
            {name}
          </li>
        ))}
      </ul>
    </div>
  );
}

function initText(instance: MigrationInstance): string {
  const { init } = instance;
  if (!init) return '–';
  if (init.state === 'initialised') {
    return `initialised, ${init.models.length} models`;
  }
  if (init.state === 'failed') return `failed: ${init.error ?? ''}`;
  return init.state.replace('-', ' ');
}
