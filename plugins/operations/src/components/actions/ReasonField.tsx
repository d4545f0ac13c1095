import { useCallback, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Chip from '@material-ui/core/Chip';
import { useSetting } from '../../hooks/useSetting';
import TextField from '../TextField';
import { commonMessages, type CommonT } from '../messages';
import {
  MAX_REASON_LENGTH,
  MIN_REASON_LENGTH,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { muted, styles, wrapped } from '../styles';

const useStyles = styles('ReasonField', theme => ({
  last: {
    ...wrapped,
    gap: theme.spacing(0.75),
    marginTop: theme.spacing(1),
    ...muted(theme),
    '& .MuiChip-root': { maxWidth: '100%' },
  },
}));

const KEPT = 4;

/**
 * The reasons that the user gave last for an action, newest first: during an incident the same
 * reason comes again. Those of other actions would invite to give a wrong one.
 */
export function useReasons(action: string): {
  reasons: string[];
  remember: (reason: string) => void;
} {
  const [reasons, setReasons] = useSetting(`reasons.${action}`, readReasons);
  const remember = useCallback(
    (reason: string) => {
      const others = reasons.filter(r => r !== reason);
      setReasons([reason, ...others].slice(0, KEPT));
    },
    [reasons, setReasons],
  );
  return { reasons, remember };
}

function readReasons(kept: unknown): string[] {
  return Array.isArray(kept) ? kept.map(String) : [];
}

/** The problem of a reason, if there is one. */
export function reasonProblem(t: CommonT, reason: string): string | undefined {
  const length = reason.trim().length;
  if (length < MIN_REASON_LENGTH) {
    return t('reason.tooShort', { min: MIN_REASON_LENGTH });
  }
  if (length > MAX_REASON_LENGTH) {
    return t('reason.tooLong', { max: MAX_REASON_LENGTH });
  }
  return undefined;
}

/**
 * Asks for the reason, with the last reasons at hand. Enter submits the dialog; Shift+Enter makes a
 * new line.
 */
export function ReasonField(props: {
  value: string;
  onChange: (value: string) => void;
  last: string[];
  /** shows a problem at once, not only after the field was touched */
  insist: boolean;
}) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const [touched, setTouched] = useState(false);
  const problem = reasonProblem(t, props.value);
  const show = problem !== undefined && (props.insist || touched);
  return (
    <div>
      <TextField
        label={t('reason.label')}
        required
        multiline
        maxRows={5}
        margin="dense"
        value={props.value}
        error={show}
        helperText={show ? problem : t('reason.help')}
        inputProps={{ maxLength: MAX_REASON_LENGTH + 100 }}
        onChange={event => props.onChange(event.target.value)}
        onBlur={() => setTouched(props.value !== '')}
        onKeyDown={event => {
          if (
            event.key === 'Enter' &&
            !event.shiftKey &&
            !event.nativeEvent.isComposing
          ) {
            event.preventDefault();
            (event.target as HTMLTextAreaElement).form?.requestSubmit();
          }
        }}
      />
      {props.last.length > 0 && (
        <div
          className={classes.last}
          role="group"
          aria-label={t('reason.lastLabel')}
        >
          <span>{t('reason.last')}</span>
          {props.last.map(reason => (
            <Chip
              key={reason}
              size="small"
              variant="outlined"
              label={reason}
              title={reason}
              onClick={() => props.onChange(reason)}
            />
          ))}
        </div>
      )}
    </div>
  );
}
