/** What a request carries through the backend, whichever way it came, and what goes back. */
import type {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { Access } from '../permissions/Access';

/** Who asks, and how the request can be found again. */
export interface Caller {
  credentials: BackstageCredentials;
  /** entity reference of the user, or `service:<subject>` */
  actor: string;
  onBehalfOf?: string;
  requestId: string;
  ip?: string;
  userAgent?: string;
  /** how an action can be asked for again, for one that waits for a second person */
  request?: RepeatableRequest;
  /** the second person's approval, by which this request is carried out */
  approval?: GivenApproval;
}

/** A request to a route with all that its handler looks at; JSON. */
export interface RepeatableRequest {
  /** as the route table has it: `POST /maintenance` */
  endpoint: string;
  params: unknown;
  query: unknown;
  body: unknown;
  ifMatch?: string;
}

/** What a second person has approved. */
export interface GivenApproval {
  id: string;
  approvedBy: string;
  approvedAt: string;
  reason: string;
}

/** A request as it came: over HTTP, from an agent, or kept until a second person approved it. */
export interface RawRequest
  extends Pick<Caller, 'requestId' | 'ip' | 'userAgent'> {
  credentials: BackstageCredentials;
  params: unknown;
  query: unknown;
  body: unknown;
  /** a header, in any case */
  header(name: string): string | undefined;
  /** on whose behalf it is answered, where that is not who sends it */
  terms?: Partial<Pick<Caller, 'approval' | 'actor' | 'onBehalfOf'>>;
  /** absent: the portal's */
  permissions?: PermissionsService;
}

/** What every handler gets. */
export interface RequestContext<P = unknown, Q = unknown> {
  params: P;
  query: Q;
  caller: Caller;
  /** what the caller may do; asks the permission framework once per permission */
  access: Access;
  /** a request header, in any case */
  header(name: string): string | undefined;
}

/** The actions of the API, for an action that has another one taken. */
export interface ActionApi {
  /** Asks whether the sender may take an action. @throws NotAllowedError, NotFoundError */
  authorize(endpoint: string, raw: RawRequest): Promise<void>;
  /** Takes an action. @throws as the action itself */
  perform(endpoint: string, raw: RawRequest): Promise<Answer>;
}

/**
 * What a handler that reads a body also gets. The body is parsed when it is asked for, so that
 * callers who may not act are refused whatever they sent.
 */
export interface ActionContext<P = unknown, Q = unknown, B = unknown>
  extends RequestContext<P, Q> {
  /** @throws MalformedRequestError */
  body(): B;
  /** the reason as it was sent, if it is one: for the audit of a refusal */
  rawReason(): string | undefined;
  /** the whole API, for an action that has another one carried out */
  api: ActionApi;
}

/** What goes back to the caller. */
export interface Answer {
  status: number;
  body: unknown;
}
