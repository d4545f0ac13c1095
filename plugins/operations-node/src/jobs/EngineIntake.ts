import type {
  JobRegistration,
  RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';

/** What jobs have reported, as their engine understands it. @public */
export interface EngineReports {
  /** Jobs that are new, or declared otherwise than before. */
  registrations: JobRegistration[];
  /**
   * All that is known of runs. A record replaces what the history has of its run unless that is
   * further along; at the same state the newer record counts.
   */
  records: RunRecord[];
}

/** How an engine whose jobs report to the portal's API writes what they report. @public */
export interface EngineIntake {
  /**
   * Writes what some work answers, in the transaction in which the work is done: all of it, or
   * nothing. Over all replicas one transaction follows the other, so what the work reads in it is
   * the newest.
   * @throws what the work throws, and errors of the database
   */
  take(work: (trx: Knex.Transaction) => Promise<EngineReports>): Promise<void>;
  /** The registrations in force of some of the engine's jobs, by the name of the job. */
  registrationsOf(
    db: Knex,
    names: string[],
  ): Promise<Map<string, JobRegistration>>;
  /** How many jobs the engine has. */
  countJobs(db: Knex): Promise<number>;
  /** The states of some runs, by their id, as the history has them. */
  statesOf(runIds: string[]): Promise<Map<string, RunRecord['state']>>;
  /** Takes secrets out of a text, as the configuration says. */
  redact(text: string): string;
}

/** A request to an endpoint, whose sender has the endpoint's permission. @public */
export interface EngineRequest {
  /** parts of the path, by their name */
  params: Readonly<Record<string, string>>;
  /** as the endpoint declares it */
  query: unknown;
  /**
   * The body as the endpoint declares it.
   * @throws InputError that names the wrong field
   */
  body(): unknown;
  /** Subject of the token, where a service asks for itself; absent for people. */
  subject?: string;
  /** A header, in any case. */
  header(name: string): string | undefined;
}

/**
 * What answers the endpoints that are declared for an engine, by their key, such as
 * `POST /checkin/:job`.
 * @public
 */
export type EngineHandlers = Readonly<
  Record<string, (request: EngineRequest) => Promise<unknown>>
>;
