import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { flagMessages } from '../../flags/messages';
import { switchEffect } from '../../flags/switchEffect';
import { fieldsOf } from '../request';
import { FactList } from './FactList';
import type { EffectProps } from './props';

/** What the switch will do to the flag as it is now. */
export function FlagEffect({ of }: EffectProps) {
  const { t } = useTranslationRef(flagMessages);
  const { variant } = fieldsOf(of.parameters);
  const key = of.target.replace(/^flag:/, '');
  const flag = useLive(
    'GET /flags/:key',
    { params: { key } },
    { topics: ['flags'] },
  );
  if (!flag.data || (variant !== null && typeof variant !== 'string')) {
    return null;
  }
  return <FactList facts={[switchEffect(t, flag.data, variant)]} />;
}
