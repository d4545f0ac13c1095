import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { REASON_SENTENCES } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { TFunction } from '../messages';

/** Why something is refused, broken or not known now: the backend gives codes and values. */
export const reasonMessages = createTranslationRef({
  id: 'operations.reasons',
  translations: { sv: () => import('./messages.sv') },
  messages: REASON_SENTENCES,
});

export type ReasonT = TFunction<typeof reasonMessages>;
