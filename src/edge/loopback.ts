import { isIPv4 } from 'node:net';

/** Whether what goes to a host stays on this machine; names that end in localhost do by RFC 6761. */
export function isLoopback(host: string): boolean {
  if (/^(?:\[::1\]|::1)$/.test(host) || /(?:^|\.)localhost$/.test(host)) return true;
  return isIPv4(host) && host.startsWith('127.');
}
