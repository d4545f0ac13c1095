import { createTranslationRef } from '@backstage/frontend-plugin-api';

/**
 * What is said before any page of Operations is loaded: in the portal's navigation, and where a
 * part cannot be loaded. Apart from all other messages, since every visitor downloads it.
 */
export const firstMessages = createTranslationRef({
  id: 'operations.first',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    badge: {
      count_one: '{{count, number}} urgent item',
      count_other: '{{count, number}} urgent items',
      many: '{{most, number}}+',
    },
    notLoaded: {
      reload: 'Reload the page',
      retry: 'Try again',
      text: 'It is tried again by itself when there is a connection. If the portal was updated meanwhile, reload the page.',
      title: 'This part of the page could not be loaded',
    },
  },
});
