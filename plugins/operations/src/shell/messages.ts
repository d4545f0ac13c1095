import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { TITLES } from './titles';

/** What the frame around the pages says. */
export const shellMessages = createTranslationRef({
  id: 'operations.shell',
  messages: {
    title: TITLES.operations,
    pages: TITLES.pages,
    counted: '{{title}} ({{n, number}})',
    notFound: {
      title: 'There is no such page',
      text: 'Operations has nothing at this address. The link may be mistyped, or older than this version.',
    },
    noAccess: '{{page}}: you do not have access',
  },
});
