import type { QueueHold } from '@craft-easy/backstage-plugin-operations-common/internal';
import { durationText } from '../components/time';
import type { JobT } from './messages';

/** What a queue's name is marked with that keeps runs back, set by another tool. */
export function holdMark(
  t: JobT,
  hold: QueueHold,
): { text: string; title: string } {
  switch (hold.kind) {
    case 'paused':
      return { text: t('marks.paused.text'), title: t('marks.paused.title') };
    case 'rate-limit':
      return {
        text: t('marks.rateLimit.text', rateOf(hold)),
        title: t('marks.rateLimit.title'),
      };
    default:
      return {
        text: t('marks.concurrency.text', concurrencyOf(hold)),
        title: t('marks.concurrency.title'),
      };
  }
}

/** What it means for a run that is about to be queued. */
export function holdFact(t: JobT, hold: QueueHold): string {
  switch (hold.kind) {
    case 'paused':
      return t('dialog.run.facts.heldPaused');
    case 'rate-limit':
      return t('dialog.run.facts.heldRateLimit', rateOf(hold));
    default:
      return t('dialog.run.facts.heldConcurrency', concurrencyOf(hold));
  }
}

function rateOf(hold: Extract<QueueHold, { kind: 'rate-limit' }>) {
  return { max: String(hold.max), duration: durationText(hold.durationMs) };
}

function concurrencyOf(hold: Extract<QueueHold, { kind: 'concurrency' }>) {
  return { concurrency: String(hold.concurrency) };
}
