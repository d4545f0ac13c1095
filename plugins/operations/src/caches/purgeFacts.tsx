import type { ReactNode } from 'react';
import type { PurgeMode } from '@craft-easy/backstage-plugin-operations-common/internal';
import { roughDuration, SECOND } from '../components/time';
import type { CacheT } from './messages';

/** What a purge will do, a sentence each: the same for the requester and the second person. */
export function purgeFacts(
  t: CacheT,
  of: {
    pattern: string | undefined;
    mode: PurgeMode;
    windowSeconds: number;
    keysPerSecond: number;
    count: number;
  },
): ReactNode[] {
  const { pattern, mode, windowSeconds, keysPerSecond: rate, count } = of;
  return [
    pattern === undefined
      ? t('dialog.ofKeys')
      : t('dialog.ofPattern', { pattern: <code>{pattern}</code> }),
    mode === 'hard'
      ? t('dialog.hard')
      : t('dialog.soft', { window: roughDuration(windowSeconds * SECOND) }),
    rate > 0
      ? t('dialog.rate', {
          rate,
          least: roughDuration((count / rate) * SECOND),
        })
      : t('dialog.unthrottled'),
    t('dialog.irreversible'),
  ];
}
