import { createTranslationRef } from '@backstage/frontend-plugin-api';

/** What fields say of names that are known, and of those that are not. */
export const knownMessages = createTranslationRef({
  id: 'operations.known',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    checking: 'Checking whether it is known…',
    away: '“{{name}}” could not be checked',
    nevertheless: 'Use “{{name}}” nevertheless',
    unknown: {
      tenant: '“{{name}}” was never seen: no job, no request, no entity',
      owner: '“{{name}}” was never seen: no job, no entity',
    },
  },
});
