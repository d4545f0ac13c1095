import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { Request } from 'express';
import type { Caller } from './routes';

interface Principal {
  type: string;
  userEntityRef?: string;
  subject?: string;
  actor?: { subject: string };
}

/** Who is behind a request. A service that acts for a user is the actor; the user is the one on whose behalf. */
export function callerOf(
  req: Request,
  credentials: BackstageCredentials,
  requestId: string,
): Caller {
  const principal = credentials.principal as Principal;
  const who = { actor: 'unknown', onBehalfOf: undefined as string | undefined };
  if (principal.type === 'user' && principal.userEntityRef) {
    who.actor = principal.userEntityRef;
    if (principal.actor) {
      who.actor = `service:${principal.actor.subject}`;
      who.onBehalfOf = principal.userEntityRef;
    }
  } else if (principal.type === 'service') {
    who.actor = `service:${principal.subject}`;
  }
  return {
    ...who,
    actor: who.actor.slice(0, 300),
    credentials,
    requestId,
    ip: req.ip,
    userAgent: req.header('user-agent')?.slice(0, 300),
  };
}
