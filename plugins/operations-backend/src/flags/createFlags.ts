import type {
  HttpAuthService,
  LoggerService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { Router } from 'express';
import type { Knex } from 'knex';
import type { ControlSource, Publisher } from '../controls/ControlPublisher';
import type { Capability } from '../lib/capability';
import { hasRows } from '../lib/sql';
import { flagAttention } from './attention';
import { syncConfigFlags } from './configFlags';
import { FlagsService } from './FlagsService';
import { FlagStore } from './FlagStore';
import { FlagSnapshot } from './ofrep/FlagSnapshot';
import { ofrepRouter } from './ofrep/router';
import { flagRoutes } from './router';

export interface Flags extends Capability {
  source: ControlSource;
  /** mounted at `/ofrep` of the backend's root */
  ofrep: Router;
  start(): Promise<void>;
  stop(): void;
}

export function createFlags(options: {
  config: Config;
  knex: Knex;
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  publisher: Publisher;
  logger?: Pick<LoggerService, 'warn' | 'error'>;
}): Flags {
  const { config, knex, publisher } = options;
  const source = new FlagStore(knex);
  const service = new FlagsService(source, publisher);
  const ofrep = ofrepRouter({ ...options, snapshot: new FlagSnapshot(source) });
  return {
    source,
    routes: flagRoutes(service),
    ofrep: ofrep.router,
    attention: [flagAttention(source)],
    pagesInUse: { flags: () => hasRows(knex, 'flags') },
    start: () => syncConfigFlags(config, source, service, Date.now()),
    stop: () => ofrep.close(),
  };
}
