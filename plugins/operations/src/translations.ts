import { approvalMessages } from './approvals/messages';
import { attentionMessages } from './attention/messages';
import { auditMessages } from './audit/messages';
import { bulkMessages } from './bulk/messages';
import { cacheMessages } from './caches/messages';
import { commonMessages } from './components/messages';
import { firstMessages } from './components/first/messages';
import { controlMessages } from './controls/messages';
import { flagMessages } from './flags/messages';
import { jobMessages } from './jobs/messages';
import { knownMessages } from './known/messages';
import { maintenanceMessages } from './maintenance/messages';
import { migrationMessages } from './migrations/messages';
import { queueMessages } from './queues/messages';
import { rateLimitMessages } from './rate-limits/messages';
import { reasonMessages } from './components/reasons/messages';
import { runMessages } from './runs/messages';
import { shellMessages } from './shell/messages';
import { webhookMessages } from './webhooks/messages';

/**
 * Everything that the pages say, a ref for each part: for whoever adds a language or replaces a
 * sentence, with `createTranslationResource` or `createTranslationMessages`.
 * @public
 */
export const operationsTranslations = {
  approvals: approvalMessages,
  attention: attentionMessages,
  audit: auditMessages,
  bulk: bulkMessages,
  caches: cacheMessages,
  common: commonMessages,
  controls: controlMessages,
  first: firstMessages,
  flags: flagMessages,
  jobs: jobMessages,
  known: knownMessages,
  maintenance: maintenanceMessages,
  migrations: migrationMessages,
  queues: queueMessages,
  rateLimits: rateLimitMessages,
  reasons: reasonMessages,
  runs: runMessages,
  shell: shellMessages,
  webhooks: webhookMessages,
};
