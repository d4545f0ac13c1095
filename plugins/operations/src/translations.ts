import { auditMessages } from './audit/messages';
import { cacheMessages } from './caches/messages';
import { commonMessages } from './components/messages';
import { controlMessages } from './controls/messages';
import { flagMessages } from './flags/messages';
import { maintenanceMessages } from './maintenance/messages';
import { migrationMessages } from './migrations/messages';
import { rateLimitMessages } from './rate-limits/messages';
import { webhookMessages } from './webhooks/messages';

/**
 * Everything that the pages say, a ref for each part: for whoever adds a language or replaces a
 * sentence, with `createTranslationResource` or `createTranslationMessages`.
 * @public
 */
export const operationsTranslations = {
  common: commonMessages,
  controls: controlMessages,
  webhooks: webhookMessages,
  rateLimits: rateLimitMessages,
  flags: flagMessages,
  maintenance: maintenanceMessages,
  caches: cacheMessages,
  migrations: migrationMessages,
  audit: auditMessages,
};
