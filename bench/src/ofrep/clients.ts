/**
 * Compares the provider of a public client with the server's bulk evaluation: the same values for
 * every type, and otherwise the default from the code.
 */
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature } from '@openfeature/web-sdk';

/** A flag as the bulk evaluation answers it. */
export interface AnsweredFlag {
  key: string;
  value?: unknown;
}

interface Server {
  baseUrl: string;
  headers: Array<[string, string]>;
  context: { targetingKey: string };
}

type Details = { value: unknown; errorCode?: string };
type Read = (key: string, fallback: unknown) => Details;

const DEFAULTS = [false, 'a default', -1, { a: 'default' }];
const NOT_THERE = 'there-is-no-such-flag';

/** The first thing in which a client differs from the answers; undefined: nothing. */
function compare(
  flags: readonly AnsweredFlag[],
  read: Read,
): string | undefined {
  for (const { key, value } of flags) {
    for (const fallback of DEFAULTS) {
      const fits = typeof fallback === typeof value;
      const details = read(key, fallback);
      const wanted = fits ? value : fallback;
      if (JSON.stringify(details.value) !== JSON.stringify(wanted)) {
        return `${key}: ${JSON.stringify(details)}, not ${JSON.stringify(
          wanted,
        )}`;
      }
      if (fits && details.errorCode) return `${key}: ${details.errorCode}`;
      if (!fits && value !== undefined && !details.errorCode) {
        return `${key}: no error for a wrong type`;
      }
    }
  }
  const missing = read(NOT_THERE, 'a default');
  return missing.value === 'a default' && missing.errorCode === 'FLAG_NOT_FOUND'
    ? undefined
    : `an unknown flag: ${JSON.stringify(missing)}`;
}

/** `@openfeature/ofrep-web-provider` in `@openfeature/web-sdk`: one bulk evaluation, kept. */
export async function problemOfWebProvider(
  { baseUrl, headers, context }: Server,
  flags: readonly AnsweredFlag[],
): Promise<string | undefined> {
  await OpenFeature.setContext(context);
  await OpenFeature.setProviderAndWait(
    new OFREPWebProvider({ baseUrl, headers }),
  );
  const client = OpenFeature.getClient();
  try {
    return compare(flags, (key, fallback) => {
      switch (typeof fallback) {
        case 'boolean':
          return client.getBooleanDetails(key, fallback);
        case 'string':
          return client.getStringDetails(key, fallback);
        case 'number':
          return client.getNumberDetails(key, fallback);
        default:
          return client.getObjectDetails(key, fallback as {});
      }
    });
  } finally {
    await OpenFeature.close();
  }
}
