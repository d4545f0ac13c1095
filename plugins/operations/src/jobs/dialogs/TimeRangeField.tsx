import { useState } from 'react';
import { DateTime } from 'luxon';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { SelectField, styles, TextField, viewerZone } from '../../components';
import { jobMessages, type JobT } from '../messages';

/** A time range as the user types it. */
export interface TimeRange {
  from: string;
  to: string;
  zone: string;
}

const useStyles = styles('TimeRange', theme => ({
  root: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(170px, 1fr))',
    gap: theme.spacing(1.5),
  },
}));

/** The problem of a range, if there is one; an empty range has none. */
export function rangeProblem(t: JobT, range: TimeRange): string | undefined {
  if (!range.from && !range.to) return undefined;
  const from = instant(range.from, range.zone);
  const to = instant(range.to, range.zone);
  if (!from?.isValid || !to?.isValid) return t('dialog.range.problem.halfOpen');
  if (from >= to) return t('dialog.range.problem.order');
  if (to.diff(from, 'years').years > 10)
    return t('dialog.range.problem.tooLong');
  return undefined;
}

/** The range as the API takes it; undefined where none is given. */
export function toTimeRange(
  range: TimeRange,
): { from: string; to: string } | undefined {
  const from = instant(range.from, range.zone)?.toUTC().toISO();
  const to = instant(range.to, range.zone)?.toUTC().toISO();
  return from && to ? { from, to } : undefined;
}

function instant(local: string, zone: string): DateTime | undefined {
  return local ? DateTime.fromISO(local, { zone }) : undefined;
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
  const input = {
    type: 'datetime-local',
    InputLabelProps: { shrink: true },
  } as const;
  return (
    <div
      className={classes.root}
      role="group"
      aria-label={t('dialog.range.label')}
    >
      <TextField
        {...input}
        label={t('dialog.range.from')}
        value={value.from}
        error={!!problem}
        onChange={event => onChange({ ...value, from: event.target.value })}
      />
      <TextField
        {...input}
        label={t('dialog.range.to')}
        value={value.to}
        error={!!problem}
        helperText={problem}
        onBlur={() => setTouched(true)}
        onChange={event => onChange({ ...value, to: event.target.value })}
      />
      <SelectField
        label={t('dialog.range.zone')}
        id="operations-time-zone"
        value={value.zone}
        onChange={zone => onChange({ ...value, zone })}
        choices={zones.map(zone => [zone, zone])}
      />
    </div>
  );
}
