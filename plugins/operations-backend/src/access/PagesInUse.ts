import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '@backstage/config';
import {
  OPTIONAL_PAGES,
  type OptionalPage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Capability } from '../lib/capability';
import { cachedFor } from '../lib/cachedFor';

/** How long it takes at most until a page appears of which something is used. */
const ASKED_EVERY_MS = 5_000;
/** What is not known by then counts as used: the page itself says what is wrong. */
const ANSWERED_WITHIN_MS = 250;

/**
 * Which pages this portal has no use of: nothing was ever configured or reported that they show.
 * `operations.pages` decides for those that it names.
 */
export class PagesInUse {
  private readonly checks: Array<[OptionalPage, () => Promise<boolean>]>;

  constructor(config: Config, capabilities: Capability[]) {
    const checks = Object.assign({}, ...capabilities.map(c => c.pagesInUse));
    this.checks = OPTIONAL_PAGES.map(page => {
      const decided = config.getOptionalBoolean(`operations.pages.${page}`);
      return [
        page,
        decided === undefined ? untilUsed(checks[page]) : async () => decided,
      ];
    });
  }

  async unused(): Promise<OptionalPage[]> {
    const known = await Promise.all(
      this.checks.map(async ([page, isUsed]) => ({
        page,
        used: await Promise.race([
          isUsed().catch(() => true),
          delay(ANSWERED_WITHIN_MS, true, { ref: false }),
        ]),
      })),
    );
    return known.filter(({ used }) => !used).map(({ page }) => page);
  }
}

/** What is used once stays. */
function untilUsed(check: () => Promise<boolean>): () => Promise<boolean> {
  let used = false;
  const checked = cachedFor(ASKED_EVERY_MS, check);
  return async () => {
    used ||= await checked.get();
    return used;
  };
}
