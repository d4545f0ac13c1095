import type { JobDefinition } from '../declare/types';

/** Why a worker does not execute a run. */
export interface Refusal {
  rule:
    | 'manual-run'
    | 'request'
    | 'tenant'
    | 'dry-run'
    | 'time-range'
    | 'parameters';
  message: string;
}

/** Says that a job runs on its schedule only, why, and whom to page. */
export function manualRunRefusal(
  definition: JobDefinition,
  what: string,
): Refusal {
  const { manualRunReason, onCall } = definition.registration;
  const parts = [
    `${definition.name} runs on its schedule only (manualRun: false); ${what}.`,
  ];
  if (manualRunReason) {
    parts.push(manualRunReason.replace(/([^.!?])$/, '$1.'));
  }
  if (onCall) {
    parts.push(`Page ${onCall.title}: ${onCall.url}`);
  }
  return { rule: 'manual-run', message: parts.join(' ').slice(0, 1000) };
}
