import type {
  AuthService,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { ConflictError, NotAllowedError } from '@backstage/errors';

interface Principal {
  type: string;
  userEntityRef?: string;
  actor?: unknown;
}

/** The person behind credentials, whether he comes himself or something acts for him. */
export function personOf(
  credentials: BackstageCredentials,
): { ref: string; himself: boolean } | undefined {
  const principal = credentials.principal as Principal;
  if (principal.type !== 'user' || !principal.userEntityRef) return undefined;
  return { ref: principal.userEntityRef, himself: !principal.actor };
}

/**
 * Keeps what is needed to ask, when the approval comes, whether who asked for the action still may: a limited token, which no route for actions takes,
 * and which ends with the person's sign-in.
 */
export class Requesters {
  constructor(
    private readonly auth: Pick<
      AuthService,
      'getLimitedUserToken' | 'authenticate'
    >,
  ) {}

  /** @throws NotAllowedError if nobody in person asks */
  async keep(
    credentials: BackstageCredentials,
  ): Promise<{ person: string; token: string }> {
    const person = personOf(credentials);
    if (!person) {
      throw new NotAllowedError(
        'This needs two people, and a service is none: let a person ask for it',
      );
    }
    const { token } = await this.auth.getLimitedUserToken(
      credentials as Parameters<AuthService['getLimitedUserToken']>[0],
    );
    return { person: person.ref, token };
  }

  /** @throws ConflictError if the person's sign-in has ended */
  async recall(
    person: string,
    token: string | null,
  ): Promise<BackstageCredentials> {
    const ended = new ConflictError(
      `${person} is not signed in any more, so what he may do cannot be checked: once he opens the portal's list of approvals, it can be approved`,
    );
    if (!token) throw ended;
    let credentials: BackstageCredentials;
    try {
      credentials = await this.auth.authenticate(token, {
        allowLimitedAccess: true,
      });
    } catch {
      throw ended;
    }
    if (personOf(credentials)?.ref !== person) throw ended;
    return credentials;
  }
}
