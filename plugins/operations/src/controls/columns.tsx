import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { AuditLink } from '../audit/AuditLink';
import { Countdown } from '../components/Countdown';
import {
  type Column,
  Person,
  Quote,
  RelativeTime,
  StatusChip,
} from '../components';
import { absoluteTime, durationText, periodText } from '../components/time';
import { shownZone } from '../components/zone';
import { controlMessages, type ControlT } from './messages';

/** A control that ends by itself: an override of a rate limit, a maintenance window. */
export interface TimedControl {
  id: string;
  state: 'scheduled' | 'active' | 'ended' | 'cancelled';
  startsAt: string;
  endsAt: string;
  endedEarly: boolean;
  changedBy?: string;
  changeReason?: string;
  createdBy: string;
  reason: string;
  /** false while Redis does not know of it yet */
  published: boolean;
  /** the zone in which it was planned */
  timezone?: string;
}

/** The time left of a control in force; the beginning of a planned one. */
export function TimeLeft(props: {
  of: Pick<TimedControl, 'state' | 'startsAt' | 'endsAt' | 'timezone'>;
}) {
  const { t } = useTranslationRef(controlMessages);
  const { state, startsAt, endsAt, timezone } = props.of;
  return state === 'scheduled' ? (
    <RelativeTime
      at={startsAt}
      zone={timezone}
      say={time => t('starts', { time })}
    />
  ) : (
    <Countdown from={startsAt} until={endsAt} />
  );
}

/** The columns of controls that are in force or planned, and of those that have ended. */
export function timedColumns<T extends TimedControl>(
  t: ControlT,
  options: {
    /** the columns of whom it concerns and what it does */
    what: Array<Column<T>>;
    /** replaces the plain state where there is more to say */
    state?: (row: T) => ReactNode;
    /** further columns of those in force */
    more?: Array<Column<T>>;
    /** the kind of the target in the audit trail */
    target: string;
  },
): { inForce: Array<Column<T>>; past: Array<Column<T>> } {
  const who: Column<T> = {
    title: t('columns.by'),
    minWindow: 960,
    render: row => (
      <span title={row.reason}>
        <Person of={row.createdBy} /> <Quote text={row.reason} />{' '}
        <AuditLink of={{ target: `${options.target}:${row.id}` }}>
          {t('trail')}
        </AuditLink>
      </span>
    ),
  };
  return {
    inForce: [
      ...options.what,
      {
        title: t('columns.state'),
        width: 160,
        render: row =>
          row.published ? (
            options.state?.(row) ?? <StatusChip status={row.state} />
          ) : (
            <StatusChip status="queued" text={t('unpublished')} />
          ),
      },
      {
        title: t('columns.ends'),
        width: 170,
        render: row => <TimeLeft of={row} />,
      },
      ...(options.more ?? []),
      who,
    ],
    past: [
      ...options.what,
      { title: t('columns.when'), width: 300, render: row => whenOf(t, row) },
      { title: t('columns.how'), render: row => howOf(t, row) },
      who,
    ],
  };
}

function whenOf(t: ControlT, row: TimedControl): string {
  const { state, startsAt, endsAt } = row;
  const zone = shownZone(row.timezone);
  if (state === 'cancelled') {
    return t('past.wasPlanned', { time: absoluteTime(startsAt, zone) });
  }
  return t('past.lasted', {
    period: periodText(startsAt, endsAt, zone),
    duration: durationText(Date.parse(endsAt) - Date.parse(startsAt)),
  });
}

function howOf(t: ControlT, row: TimedControl): ReactNode {
  if (!row.endedEarly) return t('past.planned');
  return t(row.state === 'cancelled' ? 'past.cancelled' : 'past.early', {
    person: row.changedBy ? <Person of={row.changedBy} /> : '',
    reason: row.changeReason ? <Quote text={row.changeReason} /> : '',
  });
}
