import { commonMessages } from './components/messages';
import { controlMessages } from './controls/messages';

/**
 * Everything that the pages say, a ref for each part: for whoever adds a language or replaces a
 * sentence, with `createTranslationResource` or `createTranslationMessages`.
 * @public
 */
export const operationsTranslations = {
  common: commonMessages,
  controls: controlMessages,
};
