import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { migrationReportSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { checked, form, forms, having, optionsOf } from '../checked';
import type { MigrationReportInput } from '@craft-easy/backstage-plugin-operations-protocol';

/** What a component finds out about itself for each report. @public */
export type MigrationFacts = Pick<
  MigrationReportInput,
  'init' | 'indexes' | 'allowIndexDropping' | 'migrations'
>;

/** @public */
export interface MigrationReporterOptions {
  /** the portal's backend: `https://portal.example.com` */
  portalUrl: string;
  /** token of a service that may only report (`operations.migration.report`) */
  token: string | (() => string | Promise<string>);
  component: string;
  environment?: string;
  version: string;
  /** default: host name and process id */
  instance?: string;
  /** default: 30,000 */
  everyMs?: number;
  collect(): MigrationFacts | Promise<MigrationFacts>;
  logger?: { warn(message: string): void };
}

const optionsForm = optionsOf<MigrationReporterOptions>(
  {
    portalUrl: form<string>(
      'the URL of the portal, such as https://portal.example.com',
      given => URL.canParse(given) && /^https?:/.test(given),
    ),
    token: form<MigrationReporterOptions['token']>(
      'a text, or a function that answers one',
      given =>
        typeof given === 'function' ||
        (typeof given === 'string' && given !== ''),
    ),
    component: forms.text,
    environment: forms.text.optional(),
    version: forms.text,
    instance: forms.text.optional(),
    everyMs: forms.milliseconds.optional(),
    collect: forms.callback,
    logger: having('a logger with warn()', 'warn').optional(),
  },
  {
    url: 'portalUrl',
    baseUrl: 'portalUrl',
    service: 'component',
    interval: 'everyMs',
  },
);

const TIMEOUT_MS = 5_000;

/**
 * Reports to the portal how far this instance is migrated: at start, after {@link
 * MigrationReporter.changed}, and at an interval. It never throws into the component and never
 * keeps it alive: a portal that is away costs a warning.
 * @public
 */
export class MigrationReporter {
  private readonly options: MigrationReporterOptions;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private wake: () => void = () => {};
  private warned = false;

  constructor(options: MigrationReporterOptions) {
    checked('MigrationReporter', optionsForm, options);
    this.options = options;
  }

  start(): this {
    this.running ??= this.reportUntilStopped();
    return this;
  }

  /** Something changed: report now. */
  changed(): void {
    this.wake();
  }

  /** Reports that this instance ends, so that the portal does not wait for it. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.send(true);
  }

  private async reportUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.send(false);
      const woken = new Promise<void>(resolve => {
        this.wake = resolve;
      });
      const pause = wait(this.options.everyMs ?? 30_000, undefined, {
        signal,
        ref: false,
      }).catch(() => {});
      await Promise.race([woken, pause]);
    }
  }

  private async send(stopping: boolean): Promise<void> {
    const { options } = this;
    try {
      const facts = await this.collect();
      const report = migrationReportSchema.parse({
        v: 1,
        component: options.component,
        environment: options.environment,
        version: options.version,
        instance: options.instance ?? `${hostname()}-${process.pid}`,
        at: new Date().toISOString(),
        everyMs: options.everyMs ?? 30_000,
        stopping,
        ...facts,
      } satisfies MigrationReportInput);
      const { token } = options;
      const response = await fetch(
        `${options.portalUrl.replace(
          /\/$/,
          '',
        )}/api/operations/v1/migrations/reports`,
        {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${
              typeof token === 'function' ? await token() : token
            }`,
          },
          body: JSON.stringify(report),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        },
      );
      if (!response.ok) {
        throw new Error(`HTTP ${response.status} ${await response.text()}`);
      }
      this.warned = false;
    } catch (error) {
      // once per outage: the component's own messages must stay visible
      if (!this.warned) {
        options.logger?.warn(
          `The state of the migrations did not reach the portal: ${
            (error as Error).message
          }`,
        );
      }
      this.warned = true;
    }
  }

  /** A failure to find the facts is a fact too. */
  private async collect(): Promise<MigrationFacts> {
    try {
      return await this.options.collect();
    } catch (error) {
      return {
        init: { state: 'failed', error: `${(error as Error).message}` },
      };
    }
  }
}
