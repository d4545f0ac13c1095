import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { MigrationComponent } from '@craft-easy/backstage-plugin-operations-common';
import type { MigrationInstance } from '@craft-easy/backstage-plugin-operations-common/internal';
import { wordOf } from '../components/statuses';
import { monospace, styles } from '../components/styles';
import { Section } from '../components/Stack';
import { type Column, DataTable, timeColumn } from '../components/table';
import { IndexDiffTable } from './IndexDiffTable';
import { migrationMessages, type MigrationT } from './messages';
import { StateChip } from './StateChip';

const useStyles = styles('ComponentDetail', theme => ({
  list: { margin: theme.spacing(0.5, 0), paddingLeft: theme.spacing(2.5) },
  mono: monospace,
}));

const columns = (t: MigrationT): Array<Column<MigrationInstance>> => [
  {
    title: t('detail.instance'),
    phone: 'head',
    render: i =>
      i.retired ? t('detail.retired', { instance: i.instance }) : i.instance,
  },
  { title: t('detail.version'), width: 170, render: i => i.version },
  {
    title: t('detail.state'),
    width: 140,
    render: i => <StateChip state={i.state} />,
  },
  {
    title: t('detail.models'),
    width: 200,
    minWindow: 960,
    render: i => initText(t, i),
  },
  timeColumn(t('detail.lastReport'), i => i.reportedAt),
];

/** One component: its instances, its migrations, and its indexes side by side. */
export function ComponentDetail(props: { component: MigrationComponent }) {
  const classes = useStyles();
  const { t } = useTranslationRef(migrationMessages);
  const { component } = props;
  const shown =
    component.instances.find(i => !i.retired && i.state === component.state) ??
    component.instances[0];
  return (
    <Section
      title={t('detail.title', {
        component: component.component,
        environment: component.environment,
      })}
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
        label={t('detail.instances')}
        failure={t('detail.failure')}
        columns={columns(t)}
        rows={component.instances}
        rowKey={i => i.instance}
        rowTone={i => (i.retired ? 'faded' : undefined)}
        empty={null}
      />
      {shown?.migrations && <MigrationsOf instance={shown} />}
      {shown?.indexes.map(diff => (
        <IndexDiffTable key={diff.collection} diff={diff} />
      ))}
    </Section>
  );
}

function MigrationsOf(props: { instance: MigrationInstance }) {
  const { t } = useTranslationRef(migrationMessages);
  const it = props.instance.migrations!;
  return (
    <Section
      title={t('detail.migrations', { tool: it.tool })}
      aside={appliedText(t, it)}
    >
      {it.lastRun && <LastRun of={it.lastRun} />}
      {it.lock && <p>{lockText(t, it.lock)}</p>}
      <Names title={t('detail.pending')} names={it.pending} />
      <Names title={t('detail.outOfOrder')} names={it.outOfOrder} />
      <Names title={t('detail.missing')} names={it.missing} />
    </Section>
  );
}

type Applied = NonNullable<MigrationInstance['migrations']>;

function appliedText(t: MigrationT, { applied, current }: Applied): string {
  if (current === null) return t('detail.appliedNone', { count: applied ?? 0 });
  return applied === undefined
    ? t('detail.current', { current })
    : t('detail.applied', { count: applied, current });
}

function LastRun(props: { of: NonNullable<Applied['lastRun']> }) {
  const classes = useStyles();
  const { t } = useTranslationRef(migrationMessages);
  const { name, direction, result, at, batch } = props.of;
  const values = {
    name: <span className={classes.mono}>{name}</span>,
    direction,
    result,
    // Beanie writes no zone: guessing one would be wrong by hours
    time: /(Z|[+-]\d\d:\d\d)$/.test(at)
      ? at
      : t('detail.localTime', { time: at }),
  };
  return (
    <p>
      {batch === undefined
        ? t('detail.lastRun', values)
        : t('detail.lastRunBatch', { ...values, batch: String(batch) })}
    </p>
  );
}

function lockText(t: MigrationT, lock: NonNullable<Applied['lock']>): string {
  const { since: time, by: holder } = lock;
  if (time && holder) return t('detail.lockedSinceBy', { time, holder });
  if (time) return t('detail.lockedSince', { time });
  return holder ? t('detail.lockedBy', { holder }) : t('detail.locked');
}

function Names(props: { title: string; names: string[] }) {
  const classes = useStyles();
  if (props.names.length === 0) return null;
  return (
    <div>
      {props.title}
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

function initText(t: MigrationT, { init }: MigrationInstance): string {
  if (!init) return '–';
  switch (init.state) {
    case 'initialised':
      return t('detail.initialised', { count: init.models.length });
    case 'failed':
      return init.error
        ? t('detail.failedWith', { error: init.error })
        : t('detail.failed');
    case 'initialising':
    case 'not-started':
      return t(`detail.${init.state}`);
    default:
      return wordOf(init.state);
  }
}
