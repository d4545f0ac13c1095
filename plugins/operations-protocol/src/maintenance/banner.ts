import { concerns, pickMessage } from './state';
import type { MaintenanceMode, MaintenanceRecord } from './window';

/** A window as a tenant's users see it: without who ordered it, and why. */
export interface BannerWindow {
  id: string;
  mode: MaintenanceMode;
  scope: 'platform' | 'tenant';
  startsAt: string;
  endsAt: string;
  timezone: string;
  message?: { language: string; text: string };
}

/**
 * What a banner shows: windows in force and announced ones, soonest first. `now` is the server's
 * clock, by which the page corrects its own.
 * @public
 */
export interface MaintenanceBanner {
  now: string;
  windows: BannerWindow[];
}

/**
 * The banner of a tenant's pages; without a tenant, of pages that belong to none.
 * @param languages - preferred languages, best first
 */
export function bannerOf(
  records: Iterable<MaintenanceRecord>,
  tenant: string | undefined,
  languages: readonly string[],
  now: number,
): MaintenanceBanner {
  const windows: BannerWindow[] = [];
  for (const record of records) {
    const from = Math.min(
      Date.parse(record.announceAt ?? record.startsAt),
      Date.parse(record.startsAt),
    );
    if (!concerns(record, tenant)) continue;
    if (now < from || now >= Date.parse(record.endsAt)) continue;
    windows.push({
      id: record.id,
      mode: record.mode,
      scope: record.scope.kind,
      startsAt: record.startsAt,
      endsAt: record.endsAt,
      timezone: record.timezone,
      message: pickMessage(record.messages, languages),
    });
  }
  windows.sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
  return { now: new Date(now).toISOString(), windows };
}

/** The languages of an `Accept-Language` header, best first. */
export function preferredLanguages(header: string | undefined): string[] {
  if (!header) return [];
  return header
    .split(',')
    .slice(0, 20)
    .map((part, i) => {
      const [tag, ...parameters] = part.trim().split(';');
      const q = parameters
        .map(p => /^\s*q=([\d.]+)$/.exec(p)?.[1])
        .find(Boolean);
      return { tag: tag.trim(), q: q === undefined ? 1 : Number(q), i };
    })
    .filter(({ tag, q }) => tag && tag !== '*' && q > 0)
    .sort((a, b) => b.q - a.q || a.i - b.i)
    .map(({ tag }) => tag);
}
