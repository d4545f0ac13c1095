export interface Config {
  operations?: {
    /**
     * The platform's Redis (or Valkey). Give `url`, or `host` and `port`, or `sentinels`, or
     * `cluster`; nothing means `localhost:6379`.
     */
    redis?: {
      /**
       * `redis://` or, with TLS, `rediss://`; may hold user, password and the number of the
       * database.
       * @visibility secret
       */
      url?: string;
      host?: string;
      port?: number;
      sentinels?: Array<{ host: string; port?: number }>;
      /** Name of the primary, as the sentinels know it. Default: mymaster. */
      sentinelName?: string;
      sentinelUsername?: string;
      /** @visibility secret */
      sentinelPassword?: string;
      /**
       * Some nodes of a Redis Cluster; the others are found through them. Keys are spread over
       * its servers, unless `namespace` or `queuePrefix` holds braces.
       */
      cluster?: Array<{ host: string; port?: number }>;
      /** User of the server's ACL. */
      username?: string;
      /** @visibility secret */
      password?: string;
      db?: number;
      /** `true`, or what to trust and to show: PEM texts, or paths of files that hold them. */
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
            /** `false` trusts any server; for tests only. */
            rejectUnauthorized?: boolean;
          };
      /** Namespace of the protocol's keys, as on the platform's side. Default: operations. */
      namespace?: string;
      /** BullMQ's key prefix, as on the platform's side. Default: bull. */
      queuePrefix?: string;
      /**
       * Streams over which the records of runs are spread, as on the platform's side; 1 to 64.
       * Default: 1, and 16 where keys are spread over a cluster.
       */
      runStreams?: number;
      /**
       * A command that is not answered within this time fails, and the request with 503. Default:
       * 1000.
       */
      commandTimeoutMs?: number;
    };
  };
}
