import type { LoggerService } from '@backstage/backend-plugin-api';
import type { RunStreamState } from '../../jobs/ports';
import { isMissing, type ReportStream } from './ReportStream';

/** Knows how far the recorder is behind, as of its last look. */
export class StreamWatch {
  last?: RunStreamState;
  private droppedAt?: string;

  constructor(
    private readonly stream: ReportStream,
    private readonly logger: LoggerService,
    private readonly rejected: () => number,
  ) {}

  async look(): Promise<void> {
    // The consumer makes group and stream, at the first start and after Redis was emptied.
    const state = await this.stream.state().catch(error => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (!state) return;
    const { lag, pending, length, capacity, dropped } = state;
    if (dropped) {
      if (!this.droppedAt) {
        this.logger.error(
          'The run stream was full: reports were dropped before they were recorded',
        );
      }
      this.droppedAt = new Date().toISOString();
    }
    this.last = {
      lag,
      pending,
      length,
      capacity,
      rejected: this.rejected(),
      ...(this.droppedAt && { droppedAt: this.droppedAt }),
    };
  }
}
