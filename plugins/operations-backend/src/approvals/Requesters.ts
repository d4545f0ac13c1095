import type {
  AuthService,
  BackstageCredentials,
  PermissionsService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import {
  RELATION_CHILD_OF,
  RELATION_MEMBER_OF,
  type Entity,
} from '@backstage/catalog-model';
import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { operationsPermissions } from '@craft-easy/backstage-plugin-operations-common';
import { Access } from '../permissions/Access';
import type { Decisions } from './JointPermissions';

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

/** What somebody was when he asked for something; JSON, and nothing by which anybody could act for him. */
export interface Standing {
  /** entity references under which he owned things: himself and his groups */
  ownership: string[];
  /** what the policy said of him, by permission */
  decisions: Decisions;
}

/**
 * Knows whether who asked for an action still is who he was then. Nobody can ask the policy about somebody who is not there; so what it said when he
 * asked is kept, and holds as long as the catalog says that he belongs to all that he belonged to.
 */
export class Requesters {
  constructor(
    private readonly deps: {
      auth: Pick<AuthService, 'getOwnServiceCredentials'>;
      catalog: Pick<CatalogService, 'getEntityByRef' | 'getEntitiesByRefs'>;
      permissions: PermissionsService;
      userInfo: UserInfoService;
    },
  ) {}

  /** @throws NotAllowedError if nobody in person asks, or the catalog does not know him as he signed in */
  async standing(
    credentials: BackstageCredentials,
  ): Promise<Standing & { person: string }> {
    const person = personOf(credentials)?.ref;
    if (!person) {
      throw new NotAllowedError(
        'This needs two people, and a service is none: let a person ask for it',
      );
    }
    const { permissions, userInfo } = this.deps;
    const { ownershipEntityRefs: ownership } = await userInfo.getUserInfo(
      credentials,
    );
    const lost = await this.whatIsLost(person, ownership);
    if (lost) throw new NotAllowedError(`This needs two people, and ${lost}`);
    const decisions = await new Access(permissions, credentials).decideAll(
      operationsPermissions,
    );
    return {
      person,
      ownership,
      decisions: Object.fromEntries(
        operationsPermissions.map(({ name }, i) => [name, decisions[i]]),
      ),
    };
  }

  /** In words: what stands against taking somebody for who he was; nothing, if nothing does. @throws ServiceUnavailableError if the catalog cannot be asked */
  async whatIsLost(
    person: string,
    ownership: string[],
  ): Promise<string | undefined> {
    try {
      return await this.compare(person, ownership);
    } catch (cause) {
      throw new ServiceUnavailableError(
        `The catalog cannot be asked whether ${person} still is who he was`,
        cause as Error,
      );
    }
  }

  private async compare(
    person: string,
    ownership: string[],
  ): Promise<string | undefined> {
    const credentials = await this.deps.auth.getOwnServiceCredentials();
    const user = await this.deps.catalog.getEntityByRef(person, {
      credentials,
    });
    if (!user) return `${person} is not in the catalog`;
    const found = new Set([person]);
    const missing = () => ownership.filter(ref => !found.has(ref));
    let above = targetsOf(user, RELATION_MEMBER_OF);
    // most sign-ins take the groups themselves, some those above them too
    while (above.length && missing().length) {
      for (const ref of above) found.add(ref);
      if (!missing().length) break;
      const { items } = await this.deps.catalog.getEntitiesByRefs(
        { entityRefs: above, fields: ['relations'] },
        { credentials },
      );
      above = items
        .flatMap(group => (group ? targetsOf(group, RELATION_CHILD_OF) : []))
        .filter(ref => !found.has(ref));
    }
    const lost = missing();
    return lost.length
      ? `${person} does not belong to ${lost.join(', ')} by the catalog`
      : undefined;
  }
}

function targetsOf(entity: Entity, type: string): string[] {
  return (entity.relations ?? [])
    .filter(relation => relation.type === type)
    .map(relation => relation.targetRef);
}
