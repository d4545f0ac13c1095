import type { ReactNode } from 'react';
import type { Flag } from '@craft-easy/backstage-plugin-operations-common';
import type { FlagT } from './messages';
import { servedText, switchOf } from './words';

/** What a switch will do: the same for whoever asks for it and for the second person. */
export function switchEffect(
  t: FlagT,
  flag: Flag,
  to: string | null,
): ReactNode {
  const before = <strong>{servedText(t, flag.serving)}</strong>;
  if (to === flag.serving) return t('change.keeps', { before });
  if (to === null) return t('change.disables', { before });
  const values = { before, after: <strong>{to}</strong> };
  return switchOf(flag)
    ? t('change.turns', values)
    : t('change.serves', values);
}
