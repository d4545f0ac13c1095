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
import type { Sentence } from '@craft-easy/backstage-plugin-operations-common/internal';
import { operationsPermissions } from '@craft-easy/backstage-plugin-operations-common';
import { Access } from '../permissions/Access';
import { personOf } from '../permissions/personOf';
import type { Decisions } from './JointPermissions';
import { refusal, sentence, asValue } from '../lib/sentences';

/**
 * Groups and grants of a person at the time of a request. It is JSON, and contains nothing that
 * lets anybody act for the person.
 */
export interface PrincipalSnapshot {
  /** entity references under which the person owned things: their own and their groups' */
  ownership: string[];
  /** what the policy decided for the person, by permission */
  decisions: Decisions;
}

/**
 * Checks whether the requester still has the groups that they had at the time of the request. The
 * policy cannot be asked about a person who is not signed in. Its decisions at the time of the
 * request are therefore stored, and hold as long as the catalog confirms each of the person's
 * groups.
 */
export class Requesters {
  constructor(
    private readonly options: {
      auth: Pick<AuthService, 'getOwnServiceCredentials'>;
      catalog: Pick<CatalogService, 'getEntityByRef' | 'getEntitiesByRefs'>;
      permissions: PermissionsService;
      userInfo: UserInfoService;
    },
  ) {}

  /**
   * @throws NotAllowedError if a service asks, or the catalog does not confirm the person's
   *   groups
   */
  async snapshot(
    credentials: BackstageCredentials,
  ): Promise<PrincipalSnapshot & { person: string }> {
    const person = personOf(credentials)?.ref;
    if (!person) {
      throw refusal(NotAllowedError, sentence('approval-service-asks'));
    }
    const { permissions, userInfo } = this.options;
    const { ownershipEntityRefs: ownership } = await userInfo.getUserInfo(
      credentials,
    );
    const lost = await this.revalidate(person, ownership);
    if (lost)
      throw refusal(
        NotAllowedError,
        sentence('approval-requester-unconfirmed', { changed: asValue(lost) }),
      );
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

  /**
   * Compares a person's groups with those of a snapshot.
   * @returns what has changed, as a part of a sentence; undefined if nothing has
   * @throws ServiceUnavailableError if the catalog cannot be reached
   */
  async revalidate(
    person: string,
    ownership: string[],
  ): Promise<Sentence | undefined> {
    try {
      return await this.compare(person, ownership);
    } catch (cause) {
      throw refusal(
        ServiceUnavailableError,
        sentence('approval-catalog-away', { person }),
        cause,
      );
    }
  }

  private async compare(
    person: string,
    ownership: string[],
  ): Promise<Sentence | undefined> {
    const credentials = await this.options.auth.getOwnServiceCredentials();
    const user = await this.options.catalog.getEntityByRef(person, {
      credentials,
    });
    if (!user) return sentence('approval-not-in-catalog', { person });
    const found = new Set([person]);
    const missing = () => ownership.filter(ref => !found.has(ref));
    let above = targetsOf(user, RELATION_MEMBER_OF);
    // Most sign-in resolvers grant direct groups only; some also grant their parent groups.
    while (above.length && missing().length) {
      for (const ref of above) found.add(ref);
      if (!missing().length) break;
      const { items } = await this.options.catalog.getEntitiesByRefs(
        { entityRefs: above, fields: ['relations'] },
        { credentials },
      );
      above = items
        .flatMap(group => (group ? targetsOf(group, RELATION_CHILD_OF) : []))
        .filter(ref => !found.has(ref));
    }
    const lost = missing();
    return lost.length
      ? sentence('approval-not-in-groups', { person, groups: lost.join(', ') })
      : undefined;
  }
}

function targetsOf(entity: Entity, type: string): string[] {
  return (entity.relations ?? [])
    .filter(relation => relation.type === type)
    .map(relation => relation.targetRef);
}
