import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { AnchoredPopover } from '../components/AnchoredPopover';
import { Button } from '../components/buttons';
import { FilterChip } from '../components/filters';
import { LocalTimeField } from '../components/LocalTimeField';
import { NO_TIME, type LocalChoice } from '../components/localTime';
import { styles } from '../components/styles';
import { clockTime, MINUTE } from '../components/time';
import { useNow } from '../hooks/useNow';
import { runMessages } from './messages';

const useStyles = styles('CustomRange', theme => ({
  paper: {
    width: 300,
    maxWidth: '100%',
    padding: theme.spacing(2),
    '& > * + *': { marginTop: theme.spacing(2) },
  },
}));

/** A time range of the viewer's own, in place of an age: a button for it, or the chip of it. */
export function CustomRange(props: {
  from: string | undefined;
  to: string | undefined;
  onChange: (range: { from?: string; to?: string }) => void;
}) {
  const { t } = useTranslationRef(runMessages);
  const classes = useStyles();
  const now = useNow(MINUTE);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [from, setFrom] = useState<LocalChoice>(NO_TIME);
  const [to, setTo] = useState<LocalChoice>(NO_TIME);
  const { onChange } = props;
  if (props.from || props.to) {
    const text = (time: string | undefined) =>
      time === undefined ? '…' : clockTime(time, now);
    return (
      <FilterChip
        text={t('range.chip', { from: text(props.from), to: text(props.to) })}
        onRemove={() => onChange({ from: undefined, to: undefined })}
      />
    );
  }
  const wrongOrder =
    from.at !== undefined && to.at !== undefined && from.at >= to.at;
  const isGiven = from.at !== undefined || to.at !== undefined;
  return (
    <>
      <Button
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={event => setAnchor(event.currentTarget)}
      >
        {t('range.open')}
      </Button>
      <AnchoredPopover
        anchor={anchor}
        onClose={() => setAnchor(null)}
        label={t('range.title')}
        className={classes.paper}
      >
        <LocalTimeField
          label={t('range.from')}
          value={from}
          onChange={setFrom}
        />
        <LocalTimeField
          label={t('range.to')}
          value={to}
          onChange={setTo}
          problem={wrongOrder ? t('range.order') : undefined}
        />
        <Button
          rank="primary"
          disabled={!isGiven || wrongOrder}
          onClick={() => {
            setAnchor(null);
            onChange({ from: isoOf(from), to: isoOf(to) });
          }}
        >
          {t('range.apply')}
        </Button>
      </AnchoredPopover>
    </>
  );
}

function isoOf({ at }: LocalChoice): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
