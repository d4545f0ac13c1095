import { useState } from 'react';
import { DateTime } from 'luxon';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { SelectField, styles, viewerZone } from '../../components';
import { LocalTimeField } from '../../components/LocalTimeField';
import {
  NO_TIME,
  readLocal,
  type LocalChoice,
} from '../../components/localTime';
import { jobMessages, type JobT } from '../messages';

/** A time range as the user types it. */
export interface TimeRange {
  from: LocalChoice;
  to: LocalChoice;
  zone: string;
}

const useStyles = styles('TimeRange', theme => ({
  root: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(220px, 1fr))',
    gap: theme.spacing(1.5),
  },
}));

/** A range of which nothing was typed yet. */
export function noRange(zone: string): TimeRange {
  return { from: NO_TIME, to: NO_TIME, zone };
}

/** The problem of a range, if there is one; an empty range has none. */
export function rangeProblem(t: JobT, range: TimeRange): string | undefined {
  if (!range.from.text && !range.to.text) return undefined;
  const from = range.from.at;
  const to = range.to.at;
  if (from === undefined || to === undefined) {
    return t('dialog.range.problem.halfOpen');
  }
  if (from >= to) return t('dialog.range.problem.order');
  if (DateTime.fromMillis(to) > DateTime.fromMillis(from).plus({ years: 10 })) {
    return t('dialog.range.problem.tooLong');
  }
  return undefined;
}

/** The range as the API takes it; undefined where none is given. */
export function toTimeRange(
  range: TimeRange,
): { from: string; to: string } | undefined {
  const from = range.from.at;
  const to = range.to.at;
  if (from === undefined || to === undefined) return undefined;
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  };
}

/** Asks for both ends of a time range, and for their zone: the viewer's, the job's, or UTC. */
export function TimeRangeField(props: {
  value: TimeRange;
  onChange: (range: TimeRange) => void;
  jobZone?: string;
  insist: boolean;
}) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const [touched, setTouched] = useState(false);
  const { value, onChange } = props;
  const zones = [...new Set([viewerZone(), props.jobZone ?? 'UTC', 'UTC'])];
  const problem = touched || props.insist ? rangeProblem(t, value) : undefined;
  return (
    <div
      className={classes.root}
      role="group"
      aria-label={t('dialog.range.label')}
    >
      <LocalTimeField
        label={t('dialog.range.from')}
        zone={value.zone}
        value={value.from}
        problem={problem && ' '}
        onChange={from => onChange({ ...value, from })}
      />
      <LocalTimeField
        label={t('dialog.range.to')}
        zone={value.zone}
        value={value.to}
        problem={problem}
        onBlur={() => setTouched(true)}
        onChange={to => onChange({ ...value, to })}
      />
      <SelectField
        label={t('dialog.range.zone')}
        id="operations-time-zone"
        value={value.zone}
        onChange={zone =>
          onChange({
            from: readLocal(value.from.text, zone),
            to: readLocal(value.to.text, zone),
            zone,
          })
        }
        choices={zones.map(zone => [zone, zone])}
      />
    </div>
  );
}
