import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, ProxyAgent, type Dispatcher } from 'undici';
import { checked, forms, optionsOf } from '../../checked';
import { parseRange, whyForbidden, type Range } from './address';

/** Nothing was sent: the address is not one that webhooks may go to. @public */
export class ForbiddenAddressError extends Error {
  readonly code = 'ERR_FORBIDDEN_ADDRESS';
  constructor(host: string, why: string) {
    super(`Refused to connect to ${host}: ${why}`);
    this.name = 'ForbiddenAddressError';
  }
}

/** Where webhooks may go. @public */
export interface EgressOptions {
  /** Allow plain `http:` URLs. Default false. */
  allowHttp?: boolean;
  /**
   * Addresses or CIDR ranges allowed although they are not public, e.g. `['127.0.0.1/32']` for a
   * receiver on this machine. Default none.
   */
  allow?: string[];
  /**
   * An egress proxy (`http://proxy:4750`, smokescreen or alike) through which everything goes. It
   * then resolves names and must check them; addresses written as such are checked here all the
   * same.
   */
  proxy?: string;
  /** Resolver, as `dns.lookup`; for tests and for platforms with one of their own. */
  lookup?: LookupFunction;
  /**
   * Connections to one origin. Default as many as there are deliveries under way: an endpoint's own
   * cap is what limits them.
   */
  connections?: number;
  /** Milliseconds in which a connection must stand. Default 10,000. */
  connectTimeoutMs?: number;
}

export const egressForm = optionsOf<EgressOptions>(
  {
    allowHttp: forms.flag.optional(),
    allow: forms.texts.optional(),
    proxy: forms.text.optional(),
    lookup: forms.callback.optional(),
    connections: forms.count.optional(),
    connectTimeoutMs: forms.milliseconds.optional(),
  },
  { allowlist: 'allow', timeoutMs: 'connectTimeoutMs', http: 'allowHttp' },
);

const unbracketed = (host: string) => host.replace(/^\[(.*)\]$/, '$1');

/** Why a host that is written as an address is forbidden; undefined for a name too. */
const whyHostForbidden = (host: string, allow: Range[]) =>
  isIP(host) ? whyForbidden(host, allow) : undefined;

/**
 * An undici dispatcher that checks the address it is about to connect to, whether it was written in
 * the URL, in any notation, or came from DNS, and connects to the very address it checked: a name
 * that resolves differently the second time gains nothing. Follows no redirect.
 * @public
 */
export function createGuardedAgent(options: EgressOptions = {}): Dispatcher {
  checked('createGuardedAgent', egressForm, options);
  const allow = (options.allow ?? []).map(parseRange);
  if (options.proxy) {
    return new ProxyAgent({
      uri: options.proxy,
      // plain http through a tunnel too: the proxy checks the address of both in one way
      proxyTunnel: true,
      ...(options.connections && { connections: options.connections }),
    }).compose(dispatch => (request, handler) => {
      // the proxy checks names; what is written as an address is checked here
      const host = unbracketed(new URL(String(request.origin)).hostname);
      const why = whyHostForbidden(host, allow);
      if (why) throw new ForbiddenAddressError(host, why);
      return dispatch(request, handler);
    });
  }
  const connect = buildConnector({
    lookup: guardedLookup(
      options.lookup ?? (dnsLookup as LookupFunction),
      allow,
    ),
    timeout: options.connectTimeoutMs ?? 10_000,
    keepAlive: true,
  } as buildConnector.BuildOptions);
  return new Agent({
    connections: options.connections ?? null,
    keepAliveTimeout: 10_000,
    connect: (target, callback) => {
      // `net.connect` calls no lookup for an address: it must be checked here.
      const host = unbracketed(target.hostname);
      const why = whyHostForbidden(host, allow);
      if (why) {
        callback(new ForbiddenAddressError(host, why), null);
        return;
      }
      connect(target, (error, socket) => {
        if (!socket) {
          callback(error ?? new Error('no connection'), null);
          return;
        }
        const remote = socket.remoteAddress;
        const late = remote ? whyForbidden(remote, allow) : undefined;
        if (late) {
          socket.destroy();
          callback(new ForbiddenAddressError(String(remote), late), null);
          return;
        }
        callback(null, socket);
      });
    },
  });
}

/**
 * `dns.lookup` that fails if any of the answers is forbidden: a name with one bad address is not a
 * public name.
 */
function guardedLookup(lookup: LookupFunction, allow: Range[]): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) {
        callback(error, '', 0);
        return;
      }
      const addresses = found as unknown as LookupAddress[];
      for (const { address } of addresses) {
        const why = whyForbidden(address, allow);
        if (why) {
          callback(
            new ForbiddenAddressError(`${hostname} (${address})`, why),
            '',
            0,
          );
          return;
        }
      }
      if (addresses.length === 0) {
        callback(
          Object.assign(new Error(`no address for ${hostname}`), {
            code: 'ENOTFOUND',
          }),
          '',
          0,
        );
      } else if (options.all) {
        callback(null, addresses as unknown as string, 0);
      } else {
        callback(null, addresses[0].address, addresses[0].family);
      }
    });
  };
}

/**
 * Checks a URL before anything is done with it. The parser of the URL standard turns every notation
 * of an IPv4 address (`2130706433`, `0x7f.1`) into one.
 * @throws ForbiddenAddressError
 * @public
 */
export function assertAllowedUrl(text: string, options: EgressOptions): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new ForbiddenAddressError('the endpoint', 'not a URL');
  const host = unbracketed(url.hostname);
  if (
    url.protocol !== 'https:' &&
    !(url.protocol === 'http:' && options.allowHttp)
  ) {
    throw new ForbiddenAddressError(host, `${url.protocol} is not allowed`);
  }
  if (url.username || url.password) {
    throw new ForbiddenAddressError(host, 'credentials in the URL');
  }
  const why = whyHostForbidden(host, (options.allow ?? []).map(parseRange));
  if (why) throw new ForbiddenAddressError(host, why);
  return url;
}
