import {
  OPEN_WEBHOOK_STATES,
  WEBHOOK_AGES,
  type WebhookFailureClass,
  type WebhookFilter,
  type WebhookState,
} from '@craft-easy/backstage-plugin-operations-common';
import { listParam, optionalParam, textParam } from '../hooks/useUrlState';

/** Rows of a page. */
export const PAGE_SIZE = 50;

/** What the address holds: filters, page, and what is open. */
export const PARAMS = {
  search: textParam,
  tenant: listParam,
  endpoint: listParam,
  eventType: listParam,
  errorClass: listParam,
  error: listParam,
  state: listParam,
  age: optionalParam,
  failure: optionalParam,
  cursor: optionalParam,
  page: optionalParam,
};

/** All filters off. */
export const OFF = {
  search: '',
  tenant: [],
  endpoint: [],
  eventType: [],
  errorClass: [],
  error: [],
  state: [],
  age: undefined,
};

/** Filters as the address holds them. */
export interface UrlFilters {
  search: string;
  tenant: string[];
  endpoint: string[];
  eventType: string[];
  errorClass: string[];
  error: string[];
  state: string[];
  age: string | undefined;
}

const some = <T extends string>(values: string[]): T[] | undefined =>
  values.length ? (values as T[]) : undefined;

/** The filters as the API takes them. Where no state is asked for, the inbox shows what is open. */
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

/** Whether any filter is on. */
export function isFiltered(url: UrlFilters): boolean {
  return (
    url.search.trim() !== '' ||
    !!url.age ||
    [
      url.tenant,
      url.endpoint,
      url.eventType,
      url.errorClass,
      url.error,
      url.state,
    ].some(list => list.length > 0)
  );
}

/** A filter in its JSON form, without what is absent: as a bulk action sends it. */
export function withoutAbsent(filter: WebhookFilter): WebhookFilter {
  return JSON.parse(JSON.stringify(filter));
}
