/**
 * Names of certificates as people write them, and as they stand in a certificate: A-labels, lower case, no trailing dot.
 * Whether a name lies under a public suffix is left to the CA.
 */
import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';

export type HostName = { readonly name: string } | { readonly problem: string; readonly hint?: string };

/** RFC 1123 §2.1 label: letters, digits, hyphens inside, at most 63 octets. */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function labelProblem(text: string): HostName | undefined {
  if (text === '') return { problem: 'has an empty label (two dots in a row, or a dot at the beginning)' };
  if (text.includes('*')) {
    return {
      problem: 'has "*" where it is not allowed',
      hint: 'a wildcard is the whole first label: "*.example.com"',
    };
  }
  if (text.includes('_')) {
    return {
      problem: 'has an underscore, which host names in certificates must not have',
      hint: 'letters, digits and hyphens only',
    };
  }
  if (text.length > 63)
    return { problem: `has a label of ${text.length} characters; at most 63 are allowed` };
  if (!label.test(text)) {
    return {
      problem: `is no host name: label ${JSON.stringify(text.slice(0, 63))}`,
      hint: 'labels have letters, digits and inner hyphens only; no scheme, port, path or space',
    };
  }
  return undefined;
}

/** Whether an A-label stands for a U-label, and is the one way to write it. */
function isPunycode(text: string): boolean {
  const unicode = domainToUnicode(text);
  return unicode !== text && domainToASCII(unicode) === text;
}

/** Reads one name, possibly a wildcard, in U-label or A-label form. */
export function readHostName(text: string): HostName {
  const trimmed = text.endsWith('.') ? text.slice(0, -1) : text;
  if (trimmed === '') return { problem: 'is empty' };
  if (trimmed.length > 1000) return { problem: 'is longer than 253 characters' };
  const address = trimmed.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0) {
    return { problem: 'is an IP address; resellers issue for host names', hint: 'name the host instead' };
  }
  const wildcard = trimmed.startsWith('*.');
  const base = (wildcard ? trimmed.slice(2) : trimmed).toLowerCase();
  const isAscii = /^[\u0020-\u007e]*$/.test(base);
  // WHATWG's function reads numbers as addresses and percent signs as escapes: only for what needs it.
  const ascii = isAscii ? base : /[%/?#@:\\[\]\s]/.test(base) ? '' : domainToASCII(base);
  if (ascii === '') return { problem: 'cannot be written as an internationalised host name (RFC 5891)' };
  const labels = ascii.split('.');
  for (const one of labels) {
    const problem = labelProblem(one);
    if (problem !== undefined) return problem;
    if (one.startsWith('xn--') && !isPunycode(one)) {
      return { problem: `has a label that is no valid punycode: ${JSON.stringify(one)}` };
    }
  }
  if (labels.length < 2) {
    return wildcard
      ? { problem: 'is a wildcard directly under a top-level domain', hint: 'at least "*.example.com"' }
      : {
          problem: 'is a single label; public certificates need a full name',
          hint: 'e.g. "shop.example.com"',
        };
  }
  if (/^\d+$/.test(labels.at(-1) ?? '')) {
    return {
      problem: 'ends in a number, as an address does',
      hint: 'a host name ends in a top-level domain',
    };
  }
  const name = wildcard ? `*.${ascii}` : ascii;
  if (name.length > 253) return { problem: `has ${name.length} characters; at most 253 are allowed` };
  return { name };
}

/** Whether a certificate for `pattern` is good for `host` (RFC 6125: "*" stands for exactly one label). */
export function covers(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === host;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot + 1) === pattern.slice(2);
}

/** Whether `name` is `zone` or lies in it; a wildcard counts by what is under its "*". */
export function inZone(name: string, zone: string): boolean {
  const host = name.startsWith('*.') ? name.slice(2) : name;
  const clean = (zone.endsWith('.') ? zone.slice(0, -1) : zone).toLowerCase();
  return clean === '' || host === clean || host.endsWith(`.${clean}`);
}
