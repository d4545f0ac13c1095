/** What becomes of a job of BullMQ, and what has to be known for it. `admit.ts` decides. */
import type { Job, Queue } from 'bullmq';
import type { RunRecordInput } from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import type { Outcome } from '../run/outcome';
import type { RunFacts } from '../run/record';
import type { WorkerRuntime } from '../runtime';
import type { SlotMemory } from '../schedule/SlotMemory';
import type { SlotWitness } from '../schedule/witness';
import type { TenantLocks } from './TenantLocks';

/** What becomes of a BullMQ job. */
export type Admission =
  /** The handler is called. */
  | { kind: 'start'; run: RunFacts; parameters: Record<string, unknown> }
  /** It is no run: a run per tenant is queued. */
  | {
      kind: 'dispatch';
      slot: number;
      tenants: string[];
      trigger: 'schedule' | 'api';
    }
  /** Not now: it goes back to the queue until then. The record says what was refused meanwhile. */
  | { kind: 'delay'; until: number; record?: RunRecordInput }
  /** Never: BullMQ fails it with the message. */
  | {
      kind: 'reject';
      record: RunRecordInput;
      message: string;
      /** This worker has claimed the slot: no other one can decide otherwise. */
      isFinal?: boolean;
    }
  /** It ends as the execution in this process did, or will. The records are reported again. */
  | {
      kind: 'settled';
      outcome: Outcome | Promise<Outcome>;
      records?: RunRecordInput[];
    };

/** How an execution in this process ended. */
export interface KnownEnd {
  outcome: Outcome;
  /** The record of the end, without its log, of a guarded run. */
  record?: RunRecordInput;
}

/** What the rules need besides the job. */
export interface AdmissionContext {
  runtime: WorkerRuntime;
  definition: JobDefinition;
  queue: Queue;
  /** How the worker's declaration stands, where live workers have several. */
  contract: {
    /** It is the newest one alive, as of the last look. */
    isInForce(): boolean;
    /** Any live declaration forbids manual runs. */
    isGuarded(): boolean;
    /** The queue's scheduler is the declared one: no worker of another version has set it. */
    hasScheduler(): Promise<boolean>;
    /** As `isInForce`, after another look. */
    isStillInForce(): Promise<boolean>;
    /**
     * Whether a slot is none of this worker's schedule, but of another declaration's. Where the
     * queue still had that one's scheduler, it has this worker's now.
     */
    wasOfAnother(slot: number): Promise<boolean>;
  };
  /** Present where only one run per tenant may execute at a time. */
  locks?: TenantLocks;
  /** What this process knows of a guarded job's slots. */
  memory: SlotMemory;
  witness?: SlotWitness;
  /**
   * How an execution in this process ended, where BullMQ may hand the job out again: its end is not
   * confirmed, or the job is guarded.
   */
  endOf(job: Job): KnownEnd | undefined;
}

/** Whether the job is guarded is asked once: it must not change while a decision is made. */
export type Decision = AdmissionContext & { guarded: boolean };
