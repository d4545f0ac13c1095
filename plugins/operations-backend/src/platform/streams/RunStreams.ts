import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import { ReportStream, runReports, type StreamState } from './ReportStream';

/** The streams on which workers report their runs: one, or several over which jobs are spread. */
export class RunStreams {
  readonly all: readonly ReportStream[];

  constructor(private readonly redis: OperationsRedis) {
    this.all = redis.keys.runStreams.map(
      key => new ReportStream(redis, runReports(redis, key)),
    );
  }

  /** How far each stream is read; answers for a job, whose runs are all on one. */
  async states(): Promise<(job: string) => StreamState> {
    const { runStreams, runsOf } = this.redis.keys;
    const states = await this.each(stream => stream.state());
    return job => states[runStreams.indexOf(runsOf(job))];
  }

  /** Does some work with each stream, at the same time. */
  each<T>(work: (stream: ReportStream) => Promise<T>): Promise<T[]> {
    return Promise.all(this.all.map(work));
  }

  close(): void {
    for (const stream of this.all) stream.close();
  }
}
