import type {
  RateLimitOverride,
  RateLimitUsage,
} from '@craft-easy/backstage-plugin-operations-common';
import { TrailLink } from '../audit/TrailLink';
import { Countdown } from '../components/Countdown';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { StatusChip } from '../components/StatusChip';
import type { Column } from '../components/table';
import {
  limitText,
  normalQuota,
  quotaText,
  SUBJECT_KINDS,
  subjectText,
} from './words';

/** Columns of the overrides that hold or will, and of those that did. */
export function overrideColumns(usage: RateLimitUsage | undefined): {
  inForce: Array<Column<RateLimitOverride>>;
  past: Array<Column<RateLimitOverride>>;
} {
  const subject: Column<RateLimitOverride> = {
    id: 'subject',
    title: 'Whom',
    narrow: 'head',
    render: o => (
      <>
        <strong>{subjectText(o.subject)}</strong>{' '}
        <span style={{ opacity: 0.7 }}>{SUBJECT_KINDS[o.subject.kind]}</span>
      </>
    ),
  };
  const limit: Column<RateLimitOverride> = {
    id: 'limit',
    title: 'Limit',
    render: o => {
      const normal = normalQuota(o.subject, usage, o.limiter);
      return (
        <>
          {normal && `${quotaText(normal)} → `}
          <strong>{limitText(o.limit)}</strong>
          {o.limiter && ` of ${o.limiter}`}
        </>
      );
    },
  };
  const who: Column<RateLimitOverride> = {
    id: 'who',
    title: 'By whom, why',
    minWindow: 960,
    render: o => (
      <span title={o.reason}>
        <Person of={o.createdBy} /> “{o.reason}”{' '}
        <TrailLink of={{ target: `rate-limit-override:${o.id}` }}>
          trail
        </TrailLink>
      </span>
    ),
  };
  return {
    inForce: [
      subject,
      limit,
      {
        id: 'state',
        title: 'State',
        width: 150,
        render: o =>
          o.published ? (
            <StatusChip status={o.state} />
          ) : (
            <StatusChip status="queued" text="not told yet" />
          ),
      },
      {
        id: 'ends',
        title: 'Ends',
        width: 170,
        render: o =>
          o.state === 'scheduled' ? (
            <RelativeTime at={o.startsAt} prefix="begins" />
          ) : (
            <Countdown from={o.startsAt} until={o.endsAt} />
          ),
      },
      who,
    ],
    past: [
      subject,
      limit,
      {
        id: 'ended',
        title: 'Ended',
        width: 220,
        render: o => (
          <>
            <RelativeTime at={o.endsAt} />
            {o.endedEarly && ' (by hand)'}
          </>
        ),
      },
      who,
    ],
  };
}
