import type { TranslationRef } from '@backstage/frontend-plugin-api';
import { operationsTranslations } from './translations';

type Messages = Record<string, string>;

/** What a ref brings with it; Backstage gives it to the translation API alone. */
interface Brought {
  getDefaultMessages(): Messages;
  getDefaultResource(): {
    resources: {
      language: string;
      loader: () => Promise<{ messages: Messages }>;
    }[];
  };
}

/**
 * Words that Swedish operators use as they are. A message of nothing else may be that of the
 * English language; every other one that is the same was left untranslated.
 */
const SAME_WORDS = new Set([
  // terms of the field, which the glossary keeps
  ...['batch', 'cache', 'cron', 'endpoint', 'endpoints', 'exit', 'live'],
  ...['offline', 'payload', 'tenant', 'webhook', 'worker', 'workers'],
  // names of formats, protocols, measures and units
  ...['API', 'CSV', 'HTTP', 'JSON', 'Lines', 'UTC', 'h', 'p50', 'p95', 's'],
  // the name of the product
  'Operations',
  // Swedish words that happen to be English ones too
  ...['definition', 'median', 'parameter', 'per', 'status', 'system', 'under'],
  ...['variant', 'version'],
]);

const PLACEHOLDER = /\{\{[^}]+\}\}/g;

const placeholders = (message: string) =>
  (message.match(PLACEHOLDER) ?? []).sort();

const words = (message: string) =>
  message.replace(PLACEHOLDER, ' ').match(/[\p{L}\p{N}]+/gu) ?? [];

const isKept = (word: string) =>
  SAME_WORDS.has(word) ||
  SAME_WORDS.has(word.toLowerCase()) ||
  /^\d+$/.test(word);

async function languagesOf(ref: TranslationRef) {
  const brought = ref as unknown as Brought;
  const [swedish] = brought.getDefaultResource().resources;
  expect(swedish.language).toBe('sv');
  return {
    english: brought.getDefaultMessages(),
    swedish: (await swedish.loader()).messages,
  };
}

describe.each(Object.entries(operationsTranslations))(
  'the Swedish messages of %s',
  (_, ref) => {
    it('[portal.6] are those that English has, with the same plurals, and no others', async () => {
      const { english, swedish } = await languagesOf(ref);
      expect(Object.keys(swedish).sort()).toEqual(Object.keys(english).sort());
      // the forms of a message are those that both languages have
      for (const language of ['en', 'sv']) {
        expect(
          new Intl.PluralRules(language).resolvedOptions().pluralCategories,
        ).toEqual(expect.arrayContaining(['one', 'other']));
      }
      const forms = Object.keys(swedish).filter(key => /_[a-z]+$/.test(key));
      const stems = new Set(forms.map(key => key.replace(/_[a-z]+$/, '')));
      expect(forms.sort()).toEqual(
        [...stems].flatMap(stem => [`${stem}_one`, `${stem}_other`]).sort(),
      );
    });

    it('[portal.6] have the same values in them, formatted alike', async () => {
      const { english, swedish } = await languagesOf(ref);
      for (const [key, message] of Object.entries(english)) {
        expect({ key, values: placeholders(swedish[key]) }).toEqual({
          key,
          values: placeholders(message),
        });
      }
    });

    it('[portal.6] are Swedish: none is the English one, except of words that Swedes use too', async () => {
      const { english, swedish } = await languagesOf(ref);
      const untranslated = Object.keys(english).filter(
        key =>
          english[key] === swedish[key] &&
          !words(english[key]).every(word => isKept(word)),
      );
      expect(untranslated).toEqual([]);
      for (const message of Object.values(swedish)) {
        expect(message.trim()).not.toBe('');
        // the marks of English
        expect(message).not.toMatch(/[“‘’]|"|\d,\d{3}/);
      }
    });
  },
);
