import { useTranslationRef } from '@backstage/frontend-plugin-api';
import CloudOff from '@material-ui/icons/CloudOff';
import WarningOutlined from '@material-ui/icons/WarningOutlined';
import FiberManualRecord from '@material-ui/icons/FiberManualRecord';
import type { Freshness } from '@craft-easy/backstage-plugin-operations-common/internal';
import { inlineRow, muted, styles, tinted } from './styles';
import type { Live } from '@craft-easy/backstage-plugin-operations-react';
import { useNow } from '../hooks/useNow';
import { errorText, useErrorT, type ErrorT } from './errors';
import { reasonText, saidText } from './reasons/words';
import { commonMessages } from './messages';
import { durationText } from './time';
import { tones } from './tones';

const useStyles = styles('Freshness', theme => ({
  live: {
    ...inlineRow,
    gap: 4,
    ...muted(theme),
    whiteSpace: 'nowrap',
    '& svg': { fontSize: 10, color: tones(theme).good.solid },
  },
  stale: {
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(0.75, 1.5),
    borderRadius: theme.shape.borderRadius,
    ...tinted(theme, 'warn'),
    fontSize: '0.875rem',
    '& svg': { fontSize: 18 },
  },
}));

type Known = Pick<Live<unknown>, 'data' | 'error' | 'updatedAt'>;

/** Since when the data may be out of date, and why; undefined while it is live. */
function staleSince(t: ErrorT, { data, error, updatedAt }: Known) {
  const { freshness } = (data ?? {}) as { freshness?: Freshness };
  if (error) return { at: updatedAt, why: errorText(t, error) };
  if (freshness?.state === 'stale') {
    return {
      at: Date.parse(freshness.asOf),
      why:
        reasonText(t.reasons, freshness) ?? t.common('freshness.unreachable'),
    };
  }
  return undefined;
}

/** A quiet "live" mark; nothing where {@link StaleNotice} has something to say. */
export function LiveMark(props: { of: Known }) {
  const { t } = useTranslationRef(commonMessages);
  const errorT = useErrorT();
  const classes = useStyles();
  if (staleSince(errorT, props.of) || props.of.updatedAt === undefined)
    return null;
  return (
    <span className={classes.live}>
      <FiberManualRecord aria-hidden /> {t('freshness.live')}
    </span>
  );
}

/**
 * "As of 40 s ago: Redis unreachable": old data is never shown as new. Or what is wrong with a
 * platform that answers.
 */
export function StaleNotice(props: { of: Known }) {
  const { t } = useTranslationRef(commonMessages);
  const errorT = useErrorT();
  const classes = useStyles();
  const stale = staleSince(errorT, props.of);
  const now = useNow(stale ? 1000 : 0);
  if (props.of.data === undefined) return null;
  const { freshness } = props.of.data as { freshness?: Freshness };
  const troubles = stale ? [] : freshness?.troubles ?? [];
  const troubleText = (i: number) =>
    saidText(errorT.reasons, freshness?.words?.troubles?.[i]) ?? troubles[i];
  return (
    <div role="status">
      {stale && (
        <div className={classes.stale}>
          <CloudOff aria-hidden />
          <span>
            {stale.at === undefined
              ? stale.why
              : t('freshness.asOf', {
                  age: durationText(
                    Math.floor(Math.max(0, now - stale.at) / 1000) * 1000,
                  ),
                  reason: stale.why,
                })}
          </span>
        </div>
      )}
      {troubles.map((trouble, i) => (
        <div key={trouble} className={classes.stale}>
          <WarningOutlined aria-hidden />
          <span>{troubleText(i)}</span>
        </div>
      ))}
    </div>
  );
}
