import type { Trigger } from '@craft-easy/backstage-plugin-operations-protocol';

/** What is known of a run before it starts. */
export interface RunStart {
  runId: string;
  engineJobId: string;
  attempt: number;
  trigger: Trigger;
  triggeredBy?: string;
  reason?: string;
  tenant?: string;
  dryRun: boolean;
  timeRange?: { from: string; to: string };
  /** Checked, completed: for the handler. */
  parameters: Record<string, unknown>;
  /** As asked for: for the record, so that a retry asks for the same. */
  givenParameters?: Record<string, unknown>;
  retryOf?: string;
  scheduledFor?: number;
  queuedAt?: number;
  /** lines that an attempt before has logged */
  linesBefore: number;
}
