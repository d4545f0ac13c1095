import {
  isRedisAway,
  type CacheSession,
} from '@craft-easy/backstage-plugin-operations-node';
import type { CacheTargetSummary } from '@craft-easy/backstage-plugin-operations-common/internal';

/**
 * What a cache says of itself now. One that is away must not keep a page from showing the others.
 */
export async function targetHealth(
  session: CacheSession,
): Promise<Pick<CacheTargetSummary, 'health' | 'unreachable'>> {
  try {
    const nodes = await session.nodes();
    const figures = await Promise.all(
      nodes.map(async node => [await node.size(), await node.usedBytes()]),
    );
    const sum = (i: number) => figures.reduce((all, f) => all + f[i], 0);
    return {
      health: { keys: sum(0), usedBytes: sum(1), masters: nodes.length },
    };
  } catch (error) {
    const { name, message } = error as Error;
    if (isRedisAway(error)) return { unreachable: 'It does not answer now.' };
    // the server's own words, such as that the user may not ask
    return {
      unreachable:
        name === 'ServiceUnavailableError' ? message : `It answers: ${message}`,
    };
  }
}
