import { useState } from 'react';
import { DateTime } from 'luxon';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Chip from '@material-ui/core/Chip';
import { styles } from '../components/styles';
import TextField from '../components/TextField';
import {
  absoluteTime,
  durationText,
  HOUR,
  viewerZone,
} from '../components/time';
import { controlMessages } from './messages';

const useStyles = styles('EndField', theme => ({
  chips: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.75),
    marginBottom: theme.spacing(1),
  },
}));

/** An end that the user is choosing. */
export interface EndChoice {
  /** the text of a `datetime-local` field */
  text: string;
  /** epoch ms; undefined: the text is not a time */
  at: number | undefined;
}

/** A time as a `datetime-local` field has it, in the viewer's zone. */
export function localText(at: number): string {
  return DateTime.fromMillis(at).toFormat("yyyy-MM-dd'T'HH:mm:ss");
}

/** Reads a `datetime-local` field. */
export function readLocal(text: string): number | undefined {
  const time = DateTime.fromISO(text);
  return text && time.isValid ? time.toMillis() : undefined;
}

/** The first choice of an end: a duration after a moment. */
export function endAfter(from: number, ms: number): EndChoice {
  // the field has whole seconds
  const at = Math.ceil((from + ms) / 1000) * 1000;
  return { text: localText(at), at };
}

/** Chooses the end of a control: by a preset, or any time. There is no "never". */
export function EndField(props: {
  value: EndChoice;
  onChange: (value: EndChoice) => void;
  /** where the presets count from, epoch ms */
  from: number;
  presetsMs?: number[];
  maxMs?: number;
  label?: string;
  problem?: string;
  /** presets are "+1 h": they postpone the present end */
  more?: boolean;
}) {
  const { t } = useTranslationRef(controlMessages);
  const classes = useStyles();
  const [open] = useState(() => Date.now());
  const presets = (
    props.presetsMs ?? [HOUR / 2, HOUR, 4 * HOUR, 24 * HOUR]
  ).filter(ms => !props.maxMs || ms <= props.maxMs);
  const { value } = props;
  const length = value.at && value.at - Math.max(props.from, open);
  return (
    <div>
      <div
        className={classes.chips}
        role="group"
        aria-label={props.more ? t('end.extendBy') : t('end.after')}
      >
        {presets.map(ms => (
          <Chip
            key={ms}
            size="small"
            clickable
            variant="outlined"
            label={
              props.more
                ? t('extend.more', { duration: durationText(ms) })
                : durationText(ms)
            }
            onClick={() => props.onChange(endAfter(props.from, ms))}
          />
        ))}
      </div>
      <TextField
        type="datetime-local"
        label={props.label ?? t('end.label')}
        required
        InputLabelProps={{ shrink: true }}
        inputProps={{ step: 1 }}
        value={value.text}
        error={props.problem !== undefined}
        helperText={
          props.problem ??
          (value.at && length && length > 0
            ? t('end.preview', {
                time: absoluteTime(value.at),
                duration: durationText(length),
              })
            : t('end.zone', { zone: viewerZone() }))
        }
        onChange={event =>
          props.onChange({
            text: event.target.value,
            at: readLocal(event.target.value),
          })
        }
      />
    </div>
  );
}
