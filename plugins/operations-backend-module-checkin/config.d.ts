export interface Config {
  operations?: {
    /** Jobs that report their runs over HTTP. */
    checkin?: {
      /**
       * Who may report for which jobs. A token whose subject is not listed may report for none.
       */
      subjects?: Array<{
        /** Subject of a token of `backend.auth.externalAccess`. */
        subject: string;
        /** Names of jobs that it may report for. */
        jobs?: string[];
        /** Beginnings of names of jobs that it may report for. */
        prefixes?: string[];
        /** Entity references of owners whose jobs it may report for. */
        owners?: string[];
        /**
         * Entity reference of the owner that a job gets which comes into being by its report; a
         * report may name one of `owners` instead. Default: the only one of `owners`.
         */
        owner?: string;
      }>;
      /**
       * Whether a job comes into being with its first report; otherwise a report for an unknown job
       * is answered 404. Default: true.
       */
      createJobs?: boolean;
      /** How many jobs may come into being so. Default: 20000. */
      maxJobs?: number;
      /** Reports of one job that are taken in a minute, by a replica. Default: 120. */
      reportsPerMinute?: number;
      /**
       * A run that has not ended after so many minutes is lost, where its job names no limit.
       * Default: 1440.
       */
      lostAfterMinutes?: number;
    };
  };
}
