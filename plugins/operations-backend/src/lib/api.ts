import type {
  LoggerService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import type { Response } from 'express';
import { Access } from '../permissions/Access';
import { callerOf } from './caller';
import { publicErrorOf } from './faults';
import { parse } from './parse';
import type { ActionApi, ActionContext, Answer, RawRequest } from './context';
import type { Route } from './routes';
import { refusal, sentence } from './sentences';

/** Carries actions out; `AuditedActions` of the audit capability does. */
export interface ActionExecutor {
  /** Asks whether the caller may take an action. @throws NotAllowedError, NotFoundError */
  authorize(route: Route, c: ActionContext): Promise<void>;
  /** Takes an action. @throws what its steps throw */
  perform(route: Route, c: ActionContext): Promise<Answer>;
}

/**
 * Answers requests by the route table. Every request comes through here, whichever way it came, so
 * that what is parsed, authorised and audited is the same on every way.
 */
export class Api implements ActionApi {
  constructor(
    private readonly options: {
      routes: readonly Route[];
      permissions: PermissionsService;
      actions: ActionExecutor;
      /** absent: what callers do not learn is logged nowhere */
      logger?: Pick<LoggerService, 'warn' | 'error'>;
    },
  ) {}

  get routes(): readonly Route[] {
    return this.options.routes;
  }

  /** @param res - what a stream writes to */
  async answer(route: Route, raw: RawRequest, res?: Response): Promise<Answer> {
    try {
      return await this.answerOf(route, raw, res);
    } catch (error) {
      throw publicErrorOf(error, raw.requestId, this.options.logger);
    }
  }

  private async answerOf(
    route: Route,
    raw: RawRequest,
    res: Response | undefined,
  ): Promise<Answer> {
    const context = this.contextOf(route, raw);
    if (route.role === 'action') {
      return this.options.actions.perform(route, context);
    }
    await context.access.requireFor(route.permission);
    return { status: route.status, body: await route.handle!(context, res) };
  }

  /**
   * Asks whether the sender may take an action, and does nothing.
   *
   * @param endpoint - such as `POST /maintenance`
   * @throws NotAllowedError, NotFoundError
   */
  async authorize(endpoint: string, raw: RawRequest): Promise<void> {
    const route = this.actionOf(endpoint);
    await this.options.actions.authorize(route, this.contextOf(route, raw));
  }

  /** Takes an action. @throws as the action itself */
  async perform(endpoint: string, raw: RawRequest): Promise<Answer> {
    return this.answer(this.actionOf(endpoint), raw);
  }

  private actionOf(endpoint: string): Route {
    const route = this.routes.find(
      r => r.role === 'action' && `${r.method} ${r.path}` === endpoint,
    );
    if (!route)
      throw refusal(
        NotFoundError,
        sentence('no-such-address', { address: endpoint }),
      );
    return route;
  }

  private contextOf(route: Route, raw: RawRequest): ActionContext {
    const { credentials, requestId, ip, userAgent } = raw;
    let body: unknown;
    return {
      api: this,
      params: parse(route.params, raw.params, 'path'),
      query: parse(route.query, raw.query, 'query'),
      caller: {
        ...callerOf(credentials, { requestId, ip, userAgent }),
        ...raw.terms,
        request: {
          endpoint: `${route.method} ${route.path}`,
          params: raw.params,
          query: raw.query,
          body: raw.body,
          ifMatch: raw.header('if-match'),
        },
      },
      access: new Access(
        raw.permissions ?? this.options.permissions,
        credentials,
      ),
      header: name => raw.header(name),
      // The steps of an action ask for it one after the other.
      body: () => (body ??= parse(route.body!, raw.body, 'body')),
      rawReason: () => {
        const reason = (raw.body as { reason?: unknown } | undefined)?.reason;
        return typeof reason === 'string' ? reason.slice(0, 1000) : undefined;
      },
    };
  }
}
