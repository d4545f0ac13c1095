export interface Config {
  operations?: {
    jobs?: {
      /** How long history is kept. */
      retention?: {
        /** Days for which runs, with logs and parameters, are kept. Default: 90. */
        runDays?: number;
        /** Days for which the counts per day are kept. Default: 400. */
        trendDays?: number;
        /** Jobs that keep their runs for another time. */
        jobs?: Array<{
          /** `<engine>/<name>` */
          job: string;
          runDays: number;
        }>;
      };
    };
    attention?: {
      /** Severities (critical, high, normal, low) that owners get a Backstage notification of. Default: critical and high. */
      notify?: string[];
      /** What applies where a job declares nothing; durations are milliseconds. */
      jobs?: {
        /** A slot of a schedule that did not start so long after its time is missed. Default: 15 minutes. */
        missedAfterMs?: number;
        /** Failures in a row that are a streak. Default: 3. */
        failureThreshold?: number;
        /** A cancellation that no worker took up after so long. Default: 30 seconds. */
        cancelAckMs?: number;
        /** Runs that may wait. Default: no limit. */
        maxQueueDepth?: number;
        /** How long one may wait. Default: no limit. */
        maxWaitMs?: number;
      };
    };
    audit?: {
      /**
       * Regular expressions for names of parameters whose values are never written down, besides the usual ones (password, secret, token …).
       */
      redact?: string[];
    };
  };
}
