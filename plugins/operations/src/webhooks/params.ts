import {
  OPEN_WEBHOOK_STATES,
  WEBHOOK_AGES,
  type WebhookFailureClass,
  type WebhookFilter,
  type WebhookState,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  listParam,
  optionalParam,
  textParam,
  type UrlState,
} from '../hooks/useUrlState';
import type { Presettable } from '../shell/presets';

/** Signals after which the inbox may have changed. */
export const WEBHOOK_TOPICS = ['webhooks'] as const;

/** The filters of the page, in the URL. */
export const FILTERS = {
  search: textParam,
  tenant: listParam,
  endpoint: listParam,
  eventType: listParam,
  errorClass: listParam,
  error: listParam,
  state: listParam,
  age: optionalParam,
} satisfies Presettable<'webhooks'>;

/** The open failure, in the URL too. */
export const OPEN = { failure: optionalParam };

/** The filters as the URL holds them. */
export type UrlFilters = UrlState<typeof FILTERS>;

/** Without any filter. */
export const UNFILTERED: UrlFilters = {
  ...{ search: '', tenant: [], endpoint: [], eventType: [] },
  ...{ errorClass: [], error: [], state: [], age: undefined },
};

const some = <T extends string>(values: string[]): T[] | undefined =>
  values.length ? (values as T[]) : undefined;

/** The filters as the API takes them. Without a state, the inbox shows what is open. */
export function toFilter(url: UrlFilters): WebhookFilter {
  return {
    search: url.search.trim() || undefined,
    tenant: some(url.tenant),
    endpoint: some(url.endpoint),
    eventType: some(url.eventType),
    errorClass: some<WebhookFailureClass>(url.errorClass),
    error: some(url.error),
    state: some<WebhookState>(url.state) ?? [...OPEN_WEBHOOK_STATES],
    age:
      url.age && url.age in WEBHOOK_AGES
        ? (url.age as WebhookFilter['age'])
        : undefined,
  };
}
