import type { Config } from '@backstage/config';
import { createFlagSchema } from '@craft-easy/backstage-plugin-operations-common/internal';
import { InputError } from '@backstage/errors';
import type { FlagsService } from './FlagsService';
import type { FlagStore } from './FlagStore';

const WHO = 'service:config';
const WHY = 'declared in the configuration of the portal';

/**
 * Brings the flags of `operations.flags` into the database: new ones are created; of known ones the
 * definition is taken over, and the state stays as an operator left it.
 * @throws Error naming the flag that is wrong
 */
export async function syncConfigFlags(
  config: Config,
  store: FlagStore,
  service: Pick<FlagsService, 'planCreation'>,
  now: number,
): Promise<void> {
  for (const item of config.getOptionalConfigArray('operations.flags') ?? []) {
    const key = item.getString('key');
    const parsed = createFlagSchema.safeParse({
      ...(item.get() as object),
      reason: WHY,
    });
    if (!parsed.success) {
      const [{ path, message }] = parsed.error.issues;
      throw new InputError(
        `operations.flags, “${key}”: ${path.join('.')} ${message}`,
      );
    }
    const planned = service.planCreation(parsed.data);
    const about = { by: WHO, reason: WHY, at: now };
    const known = await store.get(key);
    if (!known) {
      await store.insert({ ...planned, ...about, source: 'config' });
      continue;
    }
    if (known.type !== planned.type) {
      throw new InputError(
        `operations.flags, “${key}”: its type cannot change`,
      );
    }
    const { variant, until, afterVariant } = known.state;
    const has = (name: string | null | undefined) =>
      typeof name !== 'string' || Object.hasOwn(planned.state.variants, name);
    const kept = has(variant) && has(afterVariant);
    const after = {
      ...planned.state,
      ...(kept ? { variant, until, afterVariant } : {}),
    };
    const plain = (state: object) =>
      JSON.stringify(Object.entries(state).sort());
    if (plain(JSON.parse(JSON.stringify(after))) === plain(known.state))
      continue;
    await store.edit(key, {
      ...{ kind: 'changed', after, ...about },
      expected: known.revision,
    });
  }
}
