import type { LoggerService } from '@backstage/backend-plugin-api';
import type { RunStreamState } from '../../jobs/ports';
import { isMissing } from './ReportStream';
import type { RunStreams } from './RunStreams';

/** Knows how far the recorder is behind, as of its last look. */
export class StreamWatch {
  last?: RunStreamState;
  private droppedAt?: string;

  constructor(
    private readonly streams: RunStreams,
    private readonly logger: LoggerService,
    private readonly rejected: () => number,
  ) {}

  async look(): Promise<void> {
    // The consumer makes group and stream, at the first start and after Redis was emptied.
    const looks = await this.streams.each(stream =>
      stream.state().catch(error => {
        if (isMissing(error)) return undefined;
        throw error;
      }),
    );
    const states = looks.filter(state => state !== undefined);
    if (states.length === 0) return;
    const sum = (field: 'lag' | 'pending' | 'length') =>
      states.reduce((total, state) => total + state[field], 0);
    if (states.some(({ dropped }) => dropped)) {
      if (!this.droppedAt) {
        this.logger.error(
          'A run stream was full: reports were dropped before they were recorded',
        );
      }
      this.droppedAt = new Date().toISOString();
    }
    this.last = {
      lag: sum('lag'),
      pending: sum('pending'),
      length: sum('length'),
      fullest: Math.max(...states.map(({ lag, pending }) => lag + pending)),
      capacity: Math.min(...states.map(({ capacity }) => capacity)),
      rejected: this.rejected(),
      ...(this.droppedAt && { droppedAt: this.droppedAt }),
    };
  }
}
