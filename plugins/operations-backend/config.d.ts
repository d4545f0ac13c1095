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
    audit?: {
      /**
       * Regular expressions for names of parameters whose values are never written down, besides the usual ones (password, secret, token …).
       */
      redact?: string[];
    };
  };
}
