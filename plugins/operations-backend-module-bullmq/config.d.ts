export interface Config {
  operations?: {
    jobs?: {
      /** BullMQ queues that are watched, read-only, until their owner declares their jobs. */
      observedQueues?: Array<{
        /**
         * Name of the queue, or a pattern with `*` for all queues under the prefix whose name fits.
         */
        queue: string;
        /** Name under which it is shown. Default: the name of the job whose queue it would be. */
        job?: string;
        /** Key prefix of the queue. Default: `operations.redis.queuePrefix`. */
        prefix?: string;
        /** Field of the jobs' data that names the tenant. */
        tenantField?: string;
        /** `false`: data and results of the jobs are not shown. Default: true. */
        showData?: boolean;
        /** Its server, where it is not the platform's; as `operations.redis`. */
        connection?: {
          /** @visibility secret */
          url?: string;
          host?: string;
          port?: number;
          sentinels?: Array<{ host: string; port?: number }>;
          sentinelName?: string;
          sentinelUsername?: string;
          /** @visibility secret */
          sentinelPassword?: string;
          cluster?: Array<{ host: string; port?: number }>;
          username?: string;
          /** @visibility secret */
          password?: string;
          db?: number;
          tls?:
            | boolean
            | {
                ca?: string;
                caFile?: string;
                cert?: string;
                certFile?: string;
                /** @visibility secret */
                key?: string;
                keyFile?: string;
                servername?: string;
                rejectUnauthorized?: boolean;
              };
          namespace?: string;
          queuePrefix?: string;
          runStreams?: number;
          commandTimeoutMs?: number;
        };
      }>;
    };
  };
}
