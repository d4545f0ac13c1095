import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { Permission } from '@backstage/plugin-permission-common';
import type { Caller } from './context';

/** Who asks for something, and the permission that allows it. */
export interface AskedBy {
  /** entity reference of the user, or `service:<subject>` */
  actor: string;
  onBehalfOf?: string;
  /** its name */
  permission: string;
}

interface Principal {
  type: string;
  userEntityRef?: string;
  subject?: string;
  actor?: { subject: string };
}

/**
 * The caller of a request. Where a service acts for a user, the service is the actor, on behalf of
 * the user.
 */
export function callerOf(
  credentials: BackstageCredentials,
  request: Pick<Caller, 'requestId' | 'ip' | 'userAgent'>,
): Caller {
  const { actor, onBehalfOf } = actorOf(credentials.principal as Principal);
  return {
    ...request,
    actor: actor.slice(0, 300),
    onBehalfOf,
    credentials,
    userAgent: request.userAgent?.slice(0, 300),
  };
}

/** Who asks the platform for something, and what allows it. */
export function askedBy(
  { actor, onBehalfOf }: Caller,
  permission: Pick<Permission, 'name'>,
): AskedBy {
  return { actor, onBehalfOf, permission: permission.name };
}

function actorOf(principal: Principal): Pick<Caller, 'actor' | 'onBehalfOf'> {
  const { type, userEntityRef, subject, actor } = principal;
  if (type === 'service') return { actor: `service:${subject}` };
  if (type !== 'user' || !userEntityRef) return { actor: 'unknown' };
  if (!actor) return { actor: userEntityRef };
  return { actor: `service:${actor.subject}`, onBehalfOf: userEntityRef };
}
