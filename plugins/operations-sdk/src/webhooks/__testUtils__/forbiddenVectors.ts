/** Where webhooks must not go, and where they may: the Python package is held to it too. */
import vectors from './forbiddenVectors.json';

/** Names and what they resolve to; among the addresses at least one is forbidden. */
export const FORBIDDEN_NAMES: Record<string, string[]> = vectors.names;

/**
 * URLs by what makes them forbidden. Hosts are as they may stand in a URL, each of which ends at an
 * address that webhooks must not reach.
 */
export const FORBIDDEN_URLS: Array<{ group: string; url: string }> = [
  ...Object.entries(vectors.hosts).flatMap(([group, hosts]) =>
    hosts.map(host => ({ group, url: `http://${host}/hook` })),
  ),
  ...Object.keys(FORBIDDEN_NAMES).map(name => ({
    group: 'names',
    url: `http://${name}/hook`,
  })),
  ...vectors.urls.map(url => ({ group: 'schemes and credentials', url })),
];

/** Addresses that are public and must go through. */
export const PUBLIC_ADDRESSES = vectors.publicAddresses;
