import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  maintenanceTogglePermission,
  type MaintenanceWindow,
} from '@craft-easy/backstage-plugin-operations-common';
import { useMay } from '../access/useMay';
import { EmptyState, StatusChip } from '../components';
import { timedColumns } from '../controls/columns';
import { controlMessages, type ControlT } from '../controls/messages';
import {
  TimedControlPage,
  type ControlKind,
} from '../controls/TimedControlPage';
import { optionalParam, textParam, useFilters } from '../hooks/useUrlState';
import { MaintenanceDialog } from './MaintenanceDialog';
import { Timeline } from './Timeline';
import { maintenanceAnswer, scopeText } from './words';

const FILTERS = { tenant: textParam };
const OPEN = { begin: optionalParam };

const nameOf = (w: MaintenanceWindow) => `maintenance of ${scopeText(w.scope)}`;

const KIND: ControlKind<MaintenanceWindow> = {
  path: '/maintenance',
  title: 'Maintenance',
  topic: 'maintenance',
  labels: {
    inForce: 'Maintenance in force and planned',
    past: 'Past maintenance',
    pastSection: 'Past windows',
    failure: 'The windows could not be loaded',
    noMatch: 'No windows match these filters',
  },
  empty: (
    <EmptyState title="Nobody is in maintenance, and none is planned">
      A tenant, or the whole platform, can be read-only or offline for a while.
      It ends by itself.
    </EmptyState>
  ),
  emptyPast: 'There was no maintenance so far',
  soonestFirst: true,
  rowTone: w => (w.overrunning ? 'bad' : undefined),
  extend: w => ({
    action: 'maintenance.extend',
    title: `Extend ${nameOf(w)}`,
    done: 'The window is extended.',
  }),
  end: w => ({
    action: 'maintenance.end',
    ...(w.state === 'active'
      ? { button: 'End now', title: `End ${nameOf(w)}` }
      : {
          button: 'Cancel window',
          title: `Cancel ${nameOf(w)}`,
          keep: 'Keep it',
        }),
    facts: [
      w.state === 'active'
        ? 'Everything works again within a second; the banner leaves the pages.'
        : 'It will not take place; the announcement leaves the pages.',
    ],
    done: `Maintenance of ${scopeText(w.scope)} is over.`,
  }),
};

const columns = (t: ControlT) =>
  timedColumns<MaintenanceWindow>(t, {
    target: 'maintenance',
    what: [
      {
        title: 'Whom',
        phone: 'head',
        render: w => <strong>{scopeText(w.scope)}</strong>,
      },
      {
        title: 'Mode',
        width: 140,
        render: w => <StatusChip status={w.mode} />,
      },
    ],
    state: w =>
      w.overrunning ? (
        <StatusChip status="stale" text="longer than planned" />
      ) : undefined,
    more: [
      {
        title: 'Message to users',
        minWindow: 1280,
        render: w => Object.values(w.messages)[0] ?? '–',
      },
    ],
  });

/** The page of maintenance: who is in it and until when, what is planned, and what has ended. */
export function MaintenancePage() {
  const { url, setUrl, filter, clear } = useFilters(FILTERS, OPEN);
  const { t } = useTranslationRef(controlMessages);
  const may = useMay(maintenanceTogglePermission);
  const tenant = url.tenant.trim() || undefined;
  return (
    <>
      <TimedControlPage
        kind={KIND}
        columns={columns(t)}
        may={may}
        query={{ tenant }}
        filters={{
          search: {
            value: url.tenant,
            onChange: value => filter({ tenant: value }, { replace: true }),
            label: 'Windows of a tenant',
            placeholder: 'Tenant, by its whole name',
          },
          onClear: clear,
        }}
        begin={{
          title: 'Begin maintenance',
          onClick: () => setUrl({ begin: '1' }),
        }}
        answer={maintenanceAnswer}
        intro={windows => <Timeline windows={windows} />}
      />
      {url.begin !== undefined && (
        <MaintenanceDialog
          tenant={url.tenant}
          onClose={() => setUrl({ begin: undefined }, { replace: true })}
        />
      )}
    </>
  );
}
