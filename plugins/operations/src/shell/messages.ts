import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { TITLES } from './titles';

/** What the frame around the pages says. */
export const shellMessages = createTranslationRef({
  id: 'operations.shell',
  messages: {
    title: TITLES.operations,
    pages: TITLES.pages,
  },
});
