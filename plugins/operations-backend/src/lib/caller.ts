import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { Caller } from './context';

interface Principal {
  type: string;
  userEntityRef?: string;
  subject?: string;
  actor?: { subject: string };
}

/**
 * Who is behind a request. A service that acts for a user is the actor; the user is the one on
 * whose behalf.
 */
export function callerOf(
  credentials: BackstageCredentials,
  request: Pick<Caller, 'requestId' | 'ip' | 'userAgent'>,
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
    ...request,
    ...who,
    actor: who.actor.slice(0, 300),
    credentials,
    userAgent: request.userAgent?.slice(0, 300),
  };
}
