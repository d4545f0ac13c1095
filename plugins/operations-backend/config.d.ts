export interface Config {
  operations?: {
    /**
     * Path at which the portal has the pages, for links in notifications and in hits of the search.
     * The pages know it by their own route. Default: /operations.
     */
    mountPath?: string;
    /**
     * Whether a page is there. Default: once anything was configured or reported that it shows; of
     * maintenance, once there was a window.
     */
    pages?: {
      webhooks?: boolean;
      'rate-limits'?: boolean;
      flags?: boolean;
      maintenance?: boolean;
      caches?: boolean;
      migrations?: boolean;
      approvals?: boolean;
    };
    rateLimits?: {
      /** Longest override, in hours. Default: 24. */
      maxDurationHours?: number;
      /** Largest multiple of a limit. Default: 100. */
      maxFactor?: number;
      /** Whether an override may take a limit away altogether. Default: true. */
      allowUnlimited?: boolean;
      /** Fewest prefix bits of an IPv4 network. Default: 8. */
      minPrefixV4?: number;
      /** Fewest prefix bits of an IPv6 network. Default: 32. */
      minPrefixV6?: number;
    };
    /** Flags that are declared here; operators change only what they serve. */
    flags?: Array<{
      key: string;
      type: 'boolean' | 'string' | 'number' | 'object';
      /** Value of each variant, by name. Default of a boolean flag: on and off. */
      variants?: { [name: string]: unknown };
      defaultVariant: string;
      description?: string;
      /** Entity reference of the owning group. */
      owner?: string;
      tags?: string[];
      /** ISO time after which the flag is called stale. */
      staleAfter?: string;
    }>;
    maintenance?: {
      /** Longest window, in hours. Default: 168. */
      maxDurationHours?: number;
    };
    jobs?: {
      /** Badges of jobs, for pages outside the portal. Without a key there are none. */
      badges?: {
        /**
         * At least 32 characters. Another key makes every badge's address another one.
         * @visibility secret
         */
        key?: string;
      };
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
    /**
     * Signs what the portal asks of the platform: runs, cancellations, replays. Without a key
     * nothing is signed, and runs are marked so.
     */
    requests?: {
      /**
       * The first with a private key signs. Workers are given the public keys, in their own
       * configuration.
       */
      keys?: Array<{
        /** Name of the key, within what it signed. */
        id: string;
        /**
         * Ed25519 in PKCS #8: PEM, or the base64 between its lines (`openssl genpkey -algorithm
         * ed25519`).
         * @visibility secret
         */
        privateKey?: string;
        /** Of a key that signs no more: PEM, or the base64 between its lines. */
        publicKey?: string;
      }>;
      /** Days for which a run may wait in its queue. Default: 7. */
      runsValidForDays?: number;
    };
    webhooks?: {
      /** So many final failures of one tenant within an hour need attention. Default: 20. */
      failuresPerHour?: number;
      /** How long failed webhooks are kept. */
      retention?: {
        /**
         * Days for which they are kept after they were delivered, handled or suppressed. Default:
         * 90.
         */
        settledDays?: number;
        /**
         * Days for which those are kept that nobody has dealt with. Default: until somebody has.
         */
        openDays?: number;
      };
    };
    attention?: {
      /**
       * Severities (critical, high, normal, low) that owners get a Backstage notification of.
       * Default: critical and high.
       */
      notify?: string[];
      /** What applies where a job declares nothing; durations are milliseconds. */
      jobs?: {
        /**
         * A slot of a schedule that did not start so long after its time is missed. Default: 15
         * minutes.
         */
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
      /** When refused requests of a tenant need attention: over the last five minutes. */
      rateLimits?: {
        /** Requests below which a share says nothing. Default: 50. */
        minRequests?: number;
        /** Share of its requests that is refused, 0 to 1. Default: 0.1. */
        refusedShare?: number;
      };
    };
    caches?: {
      /**
       * Caches that operators may purge. Job queues and the protocol's keys are protected on each
       * of them, whatever stands here.
       */
      targets?: Array<{
        /** Lower-case words joined by hyphens. */
        name: string;
        title?: string;
        description?: string;
        /** Connection, as `operations.redis`; absent: the platform's own Redis. */
        redis?: {
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
          commandTimeoutMs?: number;
        };
        /**
         * Only keys that begin with one of these may be purged. Default: any that is not protected.
         */
        allowedPrefixes?: string[];
        /** Keys that no pattern may ever reach. */
        protectedPrefixes?: Array<{ prefix: string; why?: string }>;
        /** Default: 25000. */
        defaultKeysPerSecond?: number;
        /** Default: 50000, or the default rate where that is higher. */
        maxKeysPerSecond?: number;
        /** Whether a purge may go as fast as the server can. Default: false. */
        allowUnthrottled?: boolean;
        /** Default: 5000000. */
        maxKeysPerPurge?: number;
        /** So long one operator waits before the next purge of this target. Default: 30. */
        cooldownSeconds?: number;
        /**
         * A purge slows down while a PING takes so much longer than before, milliseconds. Default:
         * 1.
         */
        maxAddedLatencyMs?: number;
        /**
         * Users and groups that may purge it, besides having the permission. Default: everybody who
         * has it.
         */
        allowedEntityRefs?: string[];
      }>;
    };
    migrations?: {
      /** Whether to read the migrations of this portal's own plugins. Default: true. */
      backstage?: boolean;
      /** Environment that this portal's own databases are shown under. Default: production. */
      environment?: string;
      /** Minutes after which pending migrations need attention. Default: 30. */
      pendingTooLongMinutes?: number;
      /** Databases whose knex migrations are read. A role that may only SELECT is enough. */
      databases?: Array<{
        component: string;
        /** Default: production. */
        environment?: string;
        client: 'pg' | 'better-sqlite3';
        /**
         * A connection string or a file, or knex's connection object.
         * @deepVisibility secret
         */
        connection: string | object;
        /** PostgreSQL: schema of the table. */
        schema?: string;
        /** Default: knex_migrations. */
        tableName?: string;
        /**
         * Folder of the migration files, where this portal can see it; without it nothing can be
         * said to be pending.
         */
        directory?: string;
      }>;
    };
    actions?: {
      /**
       * How many actions one actor may take a minute, over all replicas; a minute's worth may come
       * at once. 0: no limit. Default: 300.
       */
      perMinute?: number;
    };
    /** Actions that need a second person. */
    approvals?: {
      /** Minutes in which the second person must come. Default: 60. */
      withinMinutes?: number;
      /**
       * Whether an agent may approve on behalf of the person for whom it acts. Default: false; it
       * may say no.
       */
      byAgents?: boolean;
      /**
       * Entity references of groups and users who get a notification of each request, the requester
       * left out. Default: who may decide, as far as modules say who has which permission.
       */
      notify?: string[];
      actions?: Array<{
        /**
         * As the audit trail names it, such as `maintenance.begin`; `maintenance.*` for all of a
         * kind.
         */
        action: string;
        /**
         * All must hold; absent: always. By path (`parameters.mode`, `parameters.estimatedKeys`,
         * `tenant`, `target`): a value, a list of values, or `{above: number}`, which also holds
         * where the number is not known.
         */
        when?: { [path: string]: unknown };
        /** Ends the sentence "a second person has to approve it if …". */
        description?: string;
        withinMinutes?: number;
      }>;
    };
    audit?: {
      /**
       * Regular expressions for names of parameters whose values are never written down, besides
       * the usual ones (password, secret, token …). One whose time is not proven to grow with the
       * text alone is refused.
       */
      redact?: string[];
      /**
       * Regular expressions for what is a secret within any text, in the trail and in logs and
       * errors of runs, besides the usual ones (bearer tokens, `password=…`, keys in PEM …). One
       * whose time is not proven to grow with the text alone is refused.
       */
      redactText?: string[];
      /** Signed states of the trail. Without a key there are none. */
      checkpoints?: {
        /**
         * The first with a private key signs; the others verify what was signed before a rotation.
         */
        keys?: Array<{
          /** Name of the key, within the checkpoints it signed. */
          id: string;
          /**
           * Ed25519 in PKCS #8: PEM, or the base64 between its lines (`openssl genpkey -algorithm
           * ed25519`).
           * @visibility secret
           */
          privateKey?: string;
          /** Of a key that signs no more: PEM, or the base64 between its lines. */
          publicKey?: string;
        }>;
        /**
         * Default: 60. One is also signed for the first row, and when the backend starts and stops.
         */
        everyMinutes?: number;
        /** Rows after which one is signed, whatever the time. Default: 1000. */
        everyRows?: number;
        /**
         * File that each is appended to, as a line of JSON; on a volume that the database's
         * administrators do not write to.
         */
        file?: string;
      };
      /** Days for which rows are kept. Needs a key. Default: for ever. */
      retentionDays?: number;
    };
  };
}
