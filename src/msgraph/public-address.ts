/** Where a redirect may lead: to hosts of the public internet, and never into the network in which the gateway stands. */
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether this machine counts as public too: where Graph itself is an emulator on it. */
export interface Reach {
  readonly allowsLoopback: boolean;
}

function isWithin(address: string, { allowsLoopback }: Reach): boolean {
  // An IPv4 address inside an IPv6 one is judged as what it is.
  const range = ipaddr.process(address).range();
  return range === 'unicast' || (allowsLoopback && range === 'loopback');
}

/** The host of a URL, as an address where it is one. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Whether a URL leads to this machine, as far as it shows by itself. */
export function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback');
}

/** Whether a URL may be followed, as far as it shows by itself. Where its host is a name, `lookupWithin` sees to the rest. */
export function mayFollow(url: URL, reach: Reach): boolean {
  const host = hostOf(url);
  if (url.username !== '' || url.password !== '' || (ipaddr.isValid(host) && !isWithin(host, reach))) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && reach.allowsLoopback && isLoopback(url));
}

/**
 * Makes what looks names up for connections: a name with only one address that is not public is not found at all. The
 * address that was judged is the one that is connected to, so that a name cannot change between the two.
 */
export function lookupWithin(reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) callback(error, '');
      else if (!addresses.every(({ address }) => isWithin(address, reach))) {
        callback(new Error(`Expected a public address for ${hostname}, but it has a private one.`), '');
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
