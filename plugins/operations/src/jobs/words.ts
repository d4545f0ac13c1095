import {
  FAILURE_STATUSES,
  type QueueHold,
  type RunTrigger,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { durationText } from '../components/time';

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

/** How a queue keeps runs back, set by another tool. */
export const holdWords = {
  mark(hold: QueueHold): { text: string; title: string } {
    switch (hold.kind) {
      case 'paused':
        return {
          text: 'paused',
          title:
            'Another tool has paused its queue: runs wait until the queue is resumed there.',
        };
      case 'rate-limit':
        return {
          text: `at most ${hold.max} per ${durationText(hold.durationMs)}`,
          title: 'Another tool has set a rate limit at its queue.',
        };
      default:
        return {
          text: `at most ${hold.concurrency} at a time`,
          title: 'Another tool has set the concurrency of its queue.',
        };
    }
  },
  fact(hold: QueueHold): string {
    switch (hold.kind) {
      case 'paused':
        return 'Its queue is paused by another tool: the run waits until the queue is resumed there.';
      case 'rate-limit':
        return `Its queue begins at most ${hold.max} runs per ${durationText(
          hold.durationMs,
        )}: this one may have to wait.`;
      default:
        return `Its queue lets at most ${hold.concurrency} run at a time: this one may have to wait.`;
    }
  },
};
