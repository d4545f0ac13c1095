import type { ComponentType } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { lazyPart } from '../components/lazyPart';
import { Json } from '../components/Json';
import { muted, styles } from '../components/styles';
import { GivenFacts } from './GivenFacts';
import { approvalMessages } from './messages';
import type { EffectProps } from './effects/props';

const useStyles = styles('RequestFacts', theme => ({
  root: {
    '& > * + *': { marginTop: theme.spacing(1) },
    '& ul': { margin: 0, paddingLeft: theme.spacing(2.5) },
  },
  details: muted(theme),
}));

interface Effect {
  /** the sentences and the preview of the dialog that asks for it */
  Effect: ComponentType<EffectProps>;
  /** the values that they say, whatever else there is */
  says: readonly string[];
}

/** Actions whose dialog has more to say than its values. */
const EFFECTS: Record<string, Effect> = {
  'maintenance.begin': {
    Effect: lazyPart(() =>
      import('./effects/MaintenanceEffect').then(m => m.MaintenanceEffect),
    ),
    says: ['scope', 'mode'],
  },
  'rate-limit.override': {
    Effect: lazyPart(() =>
      import('./effects/OverrideEffect').then(m => m.OverrideEffect),
    ),
    says: ['subject', 'limit'],
  },
  'flag.toggle': {
    Effect: lazyPart(() =>
      import('./effects/FlagEffect').then(m => m.FlagEffect),
    ),
    says: [],
  },
  'cache.purge': {
    Effect: lazyPart(() =>
      import('./effects/PurgeEffect').then(m => m.PurgeEffect),
    ),
    says: ['pattern', 'mode', 'windowSeconds', 'keysPerSecond'],
  },
};

/**
 * All that the dialog said in which it was asked for, while it waits: what will happen, to what,
 * until when.
 */
export function RequestFacts(props: { of: Approval }) {
  const { t } = useTranslationRef(approvalMessages);
  const classes = useStyles();
  const { of: item } = props;
  // what would happen is said as of now; of what is decided only the values are still true
  const effect = item.state === 'waiting' ? EFFECTS[item.action] : undefined;
  const { Effect, says = [] }: Partial<Effect> = effect ?? {};
  return (
    <div className={classes.root}>
      {Effect && <Effect of={item} />}
      <GivenFacts of={item} but={says} />
      {item.parameters !== undefined && (
        <details>
          <summary className={classes.details}>{t('details')}</summary>
          <Json value={item.parameters} label={t('parameters')} />
        </details>
      )}
    </div>
  );
}
