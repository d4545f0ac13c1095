import { approvalMessages } from './approvals/messages';
import { attentionMessages } from './attention/messages';
import { commonMessages } from './components/messages';
import { controlMessages } from './controls/messages';
import { jobMessages } from './jobs/messages';
import { queueMessages } from './queues/messages';
import { shellMessages } from './shell/messages';

/**
 * Everything that the pages say, a ref for each part: for whoever adds a language or replaces a
 * sentence, with `createTranslationResource` or `createTranslationMessages`.
 * @public
 */
export const operationsTranslations = {
  approvals: approvalMessages,
  attention: attentionMessages,
  common: commonMessages,
  controls: controlMessages,
  jobs: jobMessages,
  queues: queueMessages,
  shell: shellMessages,
};
