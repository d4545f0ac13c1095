import { createTranslationRef } from '@backstage/frontend-plugin-api';
import type { TFunction } from '../components/messages';

/** What every bulk action says, whatever it is done to. */
export const bulkMessages = createTranslationRef({
  id: 'operations.bulk',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    title: 'Bulk actions',
    select: 'Select',
    selectRow: 'Select {{name}}',
    selectPage: 'Select all on this page',
    none: 'None selected',
    selected_one: '{{count, number}} selected',
    selected_other: '{{count, number}} selected',
    clear: 'Clear selection',
    tooMany:
      'At most {{max, number}} can be selected one by one. Select all that match instead.',
    rate: '{{rate, number}}/s',
    rateAndLeft: '{{rate, number}}/s, about {{duration}} left',
    by: 'by {{person}}: “{{reason}}”',
    stop: 'Stop',
    wrongPace: 'From {{min, number}} to {{max, number}} a second',
  },
});

/** Translates {@link bulkMessages}. */
export type BulkT = TFunction<typeof bulkMessages>;
