import { EventEmitter } from 'node:events';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';

/**
 * Events of this process. Open pages, attention, metrics and the catalog listen to them.
 *
 * - `changed`: something of a topic was changed, such as `flags` or `registry`; often, so listeners
 *   throttle
 * - `recorded`: these records of runs are in the database
 */
export class BackendEvents extends EventEmitter<{
  changed: [topic: string];
  recorded: [applied: RunRecord[]];
}> {
  changed(topic: string): void {
    this.emit('changed', topic);
  }
}
