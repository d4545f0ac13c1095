import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { cacheMessages } from '../../caches/messages';
import { purgeFacts } from '../../caches/purgeFacts';
import { fieldsOf } from '../request';
import { FactList } from './FactList';
import type { EffectProps } from './props';

/** What the purge will remove, how, and how fast. */
export function PurgeEffect({ of }: EffectProps) {
  const { t } = useTranslationRef(cacheMessages);
  const given = fieldsOf(of.parameters);
  const { pattern, mode, keyCount, estimatedKeys } = given;
  const number = (value: unknown) => (typeof value === 'number' ? value : 0);
  return (
    <FactList
      facts={purgeFacts(t, {
        pattern: typeof pattern === 'string' ? pattern : undefined,
        mode: mode === 'soft' ? 'soft' : 'hard',
        windowSeconds: number(given.windowSeconds),
        keysPerSecond: number(given.keysPerSecond),
        count: number(keyCount) || number(estimatedKeys),
      })}
    />
  );
}
