/** Restricts redirects to hosts of the public internet. They never lead into the gateway's own network. */
import { lookup } from 'node:dns';
import type { LookupAddress, LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isLoopback } from '../../loopback.ts';

/** Whether this machine counts as public too, because Graph itself is an emulator on it. */
export interface Reach {
  readonly allowsLoopback: boolean;
}

type FindAll = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** No connection was made to a host name, because one of its addresses is not public. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
  readonly hostname: string;

  constructor(hostname: string) {
    super(`The host ${hostname} must have only public addresses, but has a private one.`);
    this.hostname = hostname;
  }
}

/**
 * In a public range, but within Azure only:
 * https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16
 */
const AZURE_PLATFORM = '168.63.129.16';

/** The only range of globally assigned IPv6 addresses: https://www.iana.org/assignments/ipv6-address-space/ */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

function isWithin(address: string, { allowsLoopback }: Reach): boolean {
  if (address === AZURE_PLATFORM) return false;
  // An IPv4-mapped IPv6 address is checked as IPv4.
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range === 'loopback') return allowsLoopback;
  return range === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST));
}

/** Whether a URL may be followed, judged by the URL alone. `lookupWithin` checks the addresses of a host name. */
export function mayFollow(url: URL, reach: Reach): boolean {
  // Without the brackets of an IPv6 address.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (url.username !== '' || url.password !== '' || (ipaddr.isValid(host) && !isWithin(host, reach))) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && reach.allowsLoopback && isLoopback(host));
}

/**
 * Creates the DNS lookup for connections. A name with even one address that is not public fails with a
 * `PrivateAddressError`. The connection uses the address that was checked, so the name cannot change in between. `find`
 * finds all addresses of a name.
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
