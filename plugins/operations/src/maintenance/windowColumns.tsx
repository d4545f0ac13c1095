import type { MaintenanceWindow } from '@craft-easy/backstage-plugin-operations-common';
import { TrailLink } from '../audit/TrailLink';
import { Countdown } from '../components/Countdown';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { StatusChip } from '../components/StatusChip';
import type { Column } from '../components/table';
import { scopeText } from './words';

type Columns = Array<Column<MaintenanceWindow>>;

const scope: Columns[number] = {
  id: 'scope',
  title: 'Whom',
  narrow: 'head',
  render: w => <strong>{scopeText(w.scope)}</strong>,
};
const mode: Columns[number] = {
  id: 'mode',
  title: 'Mode',
  width: 140,
  render: w => <StatusChip status={w.mode} />,
};
const who: Columns[number] = {
  id: 'who',
  title: 'By whom, why',
  minWindow: 960,
  render: w => (
    <span title={w.reason}>
      <Person of={w.createdBy} /> “{w.reason}”{' '}
      <TrailLink of={{ target: `maintenance:${w.id}` }}>trail</TrailLink>
    </span>
  ),
};

/** Columns of windows that hold or will, and of those that did. */
export const windowColumns: { present: Columns; past: Columns } = {
  present: [
    scope,
    mode,
    {
      id: 'state',
      title: 'State',
      width: 160,
      render: w => {
        if (!w.published) {
          return <StatusChip status="queued" text="not told yet" />;
        }
        if (w.overrunning) {
          return <StatusChip status="stale" text="longer than planned" />;
        }
        return <StatusChip status={w.state} />;
      },
    },
    {
      id: 'when',
      title: 'Ends',
      width: 170,
      render: w =>
        w.state === 'scheduled' ? (
          <RelativeTime at={w.startsAt} zone={w.timezone} prefix="begins" />
        ) : (
          <Countdown from={w.startsAt} until={w.endsAt} />
        ),
    },
    {
      id: 'message',
      title: 'Users are told',
      minWindow: 1280,
      render: w => Object.values(w.messages)[0] ?? '–',
    },
    who,
  ],
  past: [
    scope,
    mode,
    {
      id: 'ended',
      title: 'Ended',
      width: 220,
      render: w => (
        <>
          <RelativeTime at={w.endsAt} zone={w.timezone} />
          {w.endedEarly && ' (by hand)'}
        </>
      ),
    },
    who,
  ],
};
