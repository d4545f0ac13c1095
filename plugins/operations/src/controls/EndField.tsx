import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Chip from '@material-ui/core/Chip';
import { LocalTimeField } from '../components/LocalTimeField';
import { localText, type LocalChoice } from '../components/localTime';
import { styles } from '../components/styles';
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
export type EndChoice = LocalChoice;

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
      <LocalTimeField
        label={props.label ?? t('end.label')}
        required
        step={1}
        value={value}
        onChange={props.onChange}
        problem={props.problem}
        help={
          value.at && length && length > 0
            ? t('end.preview', {
                time: absoluteTime(value.at),
                duration: durationText(length),
              })
            : t('end.zone', { zone: viewerZone() })
        }
      />
    </div>
  );
}
