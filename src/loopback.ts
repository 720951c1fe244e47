/** Which hosts are this machine. */
import ipaddr from 'ipaddr.js';

/**
 * Whether a host is this machine, which no other machine reaches by that name: `localhost`, or a loopback address, IPv6
 * with or without brackets.
 */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  return address === 'localhost' || (ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback');
}
