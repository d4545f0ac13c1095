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
import { maintenanceMessages, type MaintenanceT } from './messages';
import type { Presettable } from '../shell/presets';
import { Timeline } from './Timeline';
import { maintenanceAnswer, scopeText } from './words';

const FILTERS = { tenant: textParam } satisfies Presettable<'maintenance'>;
const OPEN = { begin: optionalParam };

function kindOf(t: MaintenanceT): ControlKind<MaintenanceWindow> {
  return {
    path: '/maintenance',
    title: t('title'),
    topic: 'maintenance',
    labels: {
      inForce: t('windows.active'),
      past: t('windows.past'),
      pastSection: t('windows.pastTitle'),
      failure: t('windows.failure'),
      noMatch: t('windows.noMatch'),
    },
    empty: (
      <EmptyState title={t('windows.empty')}>
        {t('windows.emptyText')}
      </EmptyState>
    ),
    emptyPast: t('windows.emptyPast'),
    soonestFirst: true,
    rowTone: w => (w.overrunning ? 'bad' : undefined),
    extend: w => ({
      action: 'maintenance.extend',
      title: t('extend.title', { scope: scopeText(t, w.scope) }),
      done: t('extend.outcome', { scope: scopeText(t, w.scope) }),
    }),
    end: w => {
      const scope = scopeText(t, w.scope);
      const action = 'maintenance.end';
      return w.state === 'active'
        ? {
            action,
            title: t('end.title', { scope }),
            button: t('end.action'),
            label: t('end.named', { scope }),
            facts: [t('end.effect')],
            done: t('end.outcome', { scope }),
          }
        : {
            action,
            title: t('cancel.title', { scope }),
            button: t('cancel.action'),
            keep: t('cancel.keep'),
            facts: [t('cancel.effect')],
            done: t('cancel.outcome', { scope }),
          };
    },
  };
}

function windowColumns(t: MaintenanceT, controls: ControlT) {
  return timedColumns<MaintenanceWindow>(controls, {
    target: 'maintenance',
    what: [
      {
        title: t('windows.scope'),
        width: 150,
        phone: 'head',
        render: w => <strong>{scopeText(t, w.scope)}</strong>,
      },
      {
        title: t('windows.mode'),
        width: 140,
        render: w => <StatusChip status={w.mode} />,
      },
    ],
    state: w =>
      w.overrunning ? (
        <StatusChip status="stale" text={t('windows.overrunning')} />
      ) : undefined,
    more: [
      {
        title: t('windows.message'),
        minWindow: 1280,
        render: w => Object.values(w.messages)[0] ?? '–',
      },
    ],
  });
}

/** The page of maintenance: who is in it and until when, what is planned, and what has ended. */
export function MaintenancePage() {
  const { url, setUrl, filter, clear } = useFilters(FILTERS, OPEN);
  const { t } = useTranslationRef(maintenanceMessages);
  const { t: controls } = useTranslationRef(controlMessages);
  const may = useMay(maintenanceTogglePermission);
  const tenant = url.tenant.trim() || undefined;
  return (
    <>
      <TimedControlPage
        kind={kindOf(t)}
        columns={windowColumns(t, controls)}
        may={may}
        query={{ tenant }}
        filters={{
          search: {
            value: url.tenant,
            onChange: value => filter({ tenant: value }, { replace: true }),
            label: t('search.label'),
            placeholder: t('search.placeholder'),
          },
          onClear: clear,
        }}
        begin={{
          title: t('windows.begin'),
          onClick: () => setUrl({ begin: '1' }),
        }}
        answer={windows => maintenanceAnswer(t, windows)}
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
