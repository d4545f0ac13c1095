import type { RunTrigger } from '@craft-easy/backstage-plugin-operations-common/internal';

/** The trigger of a run, in a word. */
export const TRIGGER_TEXT: Record<RunTrigger, string> = {
  schedule: 'schedule',
  manual: 'by hand',
  retry: 'retry',
  api: 'API',
};
