import type { RunTrigger } from '@craft-easy/backstage-plugin-operations-common';

/** "1 job", "14 jobs", "1,204 runs". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString()} ${n === 1 ? one : many}`;
}

/** What set a run going, in a word. */
export const TRIGGER_TEXT: Record<RunTrigger, string> = {
  schedule: 'schedule',
  manual: 'by hand',
  retry: 'retry',
  api: 'API',
};
