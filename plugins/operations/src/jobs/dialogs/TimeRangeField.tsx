import { useState } from 'react';
import { DateTime } from 'luxon';
import { SelectField, styles, TextField, viewerZone } from '../../components';

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
export function rangeProblem(range: TimeRange): string | undefined {
  if (!range.from && !range.to) return undefined;
  const from = instant(range.from, range.zone);
  const to = instant(range.to, range.zone);
  if (!from?.isValid || !to?.isValid) return 'Give both ends, or neither.';
  if (from >= to) return 'It must begin before it ends.';
  if (to.diff(from, 'years').years > 10) return 'At most ten years.';
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
  const classes = useStyles();
  const [touched, setTouched] = useState(false);
  const { value, onChange } = props;
  const zones = [...new Set([viewerZone(), props.jobZone ?? 'UTC', 'UTC'])];
  const problem = touched || props.insist ? rangeProblem(value) : undefined;
  const input = {
    type: 'datetime-local',
    InputLabelProps: { shrink: true },
  } as const;
  return (
    <div className={classes.root} role="group" aria-label="Time range">
      <TextField
        {...input}
        label="From"
        value={value.from}
        error={!!problem}
        onChange={event => onChange({ ...value, from: event.target.value })}
      />
      <TextField
        {...input}
        label="To (not included)"
        value={value.to}
        error={!!problem}
        helperText={problem}
        onBlur={() => setTouched(true)}
        onChange={event => onChange({ ...value, to: event.target.value })}
      />
      <SelectField
        label="Time zone"
        id="operations-time-zone"
        value={value.zone}
        onChange={zone => onChange({ ...value, zone })}
        choices={zones.map(zone => [zone, zone])}
      />
    </div>
  );
}
