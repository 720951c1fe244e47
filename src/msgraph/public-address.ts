/** Where a redirect may lead: to hosts of the public internet, and never into the network in which the gateway stands. */
import { lookup } from 'node:dns';
import type { LookupAddress, LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether this machine counts as public too: where Graph itself is an emulator on it. */
export interface Reach {
  readonly allowsLoopback: boolean;
}

type FindAll = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A name was not connected to, because an address of it is not public. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
  readonly hostname: string;

  constructor(hostname: string) {
    super(`Expected a public address for ${hostname}, but it has a private one.`);
    this.hostname = hostname;
  }
}

/** Public by its number, and only within Azure: https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16 */
const AZURE_PLATFORM = '168.63.129.16';

/** Outside of it no IPv6 address is given to anybody: https://www.iana.org/assignments/ipv6-address-space/ */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

function isWithin(address: string, { allowsLoopback }: Reach): boolean {
  if (address === AZURE_PLATFORM) return false;
  // An IPv4 address inside an IPv6 one is judged as what it is.
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range === 'loopback') return allowsLoopback;
  return range === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST));
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
 * Makes what looks names up for connections: a name with even one address that is not public is not found at all, but a
 * `PrivateAddressError`. The address that was judged is the one that is connected to, so that a name cannot change between the
 * two. `find` finds all addresses of a name.
 */
export function lookupWithin(reach: Reach, find: FindAll = lookup): LookupFunction {
  return (hostname, options, callback) => {
    find(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) callback(error, '');
      else if (!addresses.every(({ address }) => isWithin(address, reach))) {
        callback(new PrivateAddressError(hostname), '');
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
