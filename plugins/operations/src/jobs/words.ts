import {
  FAILURE_STATUSES,
  type RunTrigger,
} from '@craft-easy/backstage-plugin-operations-common/internal';

/** The trigger of a run, in a word. */
export const TRIGGER_TEXT: Record<RunTrigger, string> = {
  schedule: 'schedule',
  manual: 'by hand',
  retry: 'retry',
  api: 'API',
};

/** Whether a run with this status ended badly. */
export function isFailure(status: string | undefined): boolean {
  return (FAILURE_STATUSES as readonly (string | undefined)[]).includes(status);
}
