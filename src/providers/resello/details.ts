/**
 * What the validation details ask for. No document shows them, so a proof is recognised by its shape wherever it
 * stands: a DNS record, a file, approver addresses. What is not recognised is not guessed. Whether a record or file may
 * be published is checked where that happens.
 */
import type { DcvMethod } from '../../core/certificate.ts';
import type { Challenge, DnsChallenge, EmailChallenge, FileChallenge } from '../../core/challenge.ts';
import { parseZoneLine } from '../../vendors/common/zone-line.ts';
import { dcvMethod } from './mapping.ts';
import { isObject, type JsonObject } from './wire.ts';

export interface Details {
  readonly challenges: readonly Challenge[];
  /** Something is asked for, or said, that was not understood. */
  readonly unrecognised: boolean;
}

const challengesMax = 500;

/** `domain` is the certificate's name, for instructions that name none themselves. */
export function readDetails(
  details: unknown,
  domain: string | undefined,
  method: DcvMethod | undefined,
): Details {
  const found = new Map<string, Challenge>();
  visit(details, domain, (challenge) => {
    if (found.size < challengesMax) found.set(JSON.stringify(challenge), challenge);
  });
  const all = [...found.values()];
  const wanted = method ?? onlyMethod(all);
  const challenges = all.filter((challenge) => challenge.kind === wanted);
  return { challenges, unrecognised: challenges.length === 0 && !isEmpty(details) && !isFinished(details) };
}

/** The details may tell of every method there is; without a word on which was chosen, DNS before file before e-mail. */
function onlyMethod(challenges: readonly Challenge[]): DcvMethod | undefined {
  return (['dns', 'file', 'email'] as const).find((method) => challenges.some(({ kind }) => kind === method));
}

type Report = (challenge: Challenge) => void;

function visit(value: unknown, domain: string | undefined, report: Report): void {
  if (typeof value === 'string') {
    const challenge = zoneLine(value, domain);
    if (challenge !== undefined) report(challenge);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) visit(item, domain, report);
    return;
  }
  if (!isObject(value)) return;
  const identifier = host(first(value, ['domain', 'common_name', 'domain_name', 'fqdn'])) ?? domain;
  const challenge = dnsRecord(value, identifier) ?? file(value, identifier) ?? approvers(value, identifier);
  if (challenge !== undefined) report(challenge);
  // What is understood as a whole is not looked into for parts.
  if (challenge !== undefined && challenge.kind !== 'email') return;
  for (const inner of Object.values(value)) visit(inner, identifier, report);
}

/** The text under the first of the keys that is there, however it is capitalised or spelt. */
function first(object: JsonObject, keys: readonly string[]): string | undefined {
  const entries = new Map(
    Object.entries(object).map(([key, value]) => [key.toLowerCase().replaceAll(/[^a-z0-9]/g, ''), value]),
  );
  for (const key of keys) {
    const value = entries.get(key.replaceAll('_', ''));
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return undefined;
}

const recordNames = ['record_name', 'dns_name', 'host', 'hostname', 'name', 'record', 'owner'];
const recordTypes = ['record_type', 'dns_type', 'type'];
const recordValues = ['record_value', 'dns_value', 'value', 'content', 'target', 'data', 'points_to'];

function dnsRecord(object: JsonObject, domain: string | undefined): DnsChallenge | undefined {
  const type = first(object, recordTypes)?.toUpperCase();
  const name = first(object, recordNames);
  const value = first(object, recordValues);
  if ((type !== 'TXT' && type !== 'CNAME') || name === undefined || value === undefined) return undefined;
  const recordName = absolute(name, domain);
  if (recordName === undefined) return undefined;
  return {
    kind: 'dns',
    identifier: domain ?? recordName,
    recordName,
    recordType: type,
    value: type === 'CNAME' ? value.toLowerCase().replace(/\.$/, '') : value.replace(/^"(.*)"$/s, '$1'),
  };
}

/** Only a line that says what it is: a bare word may be anything. */
function zoneLine(line: string, domain: string | undefined): DnsChallenge | undefined {
  if (!/\s(?:TXT|CNAME)\s/i.test(line)) return undefined;
  const record = parseZoneLine(line);
  if (record === undefined) return undefined;
  const recordName = absolute(record.owner ?? '@', domain);
  if (recordName === undefined) return undefined;
  const { type: recordType, value } = record;
  return { kind: 'dns', identifier: domain ?? recordName, recordName, recordType, value };
}

/** Lower case, no final dot; a name that does not lie in the domain and has a single label is relative to it. */
function absolute(name: string, domain: string | undefined): string | undefined {
  const base = domain?.replace(/^\*\./, '');
  const plain = name.toLowerCase();
  if (plain === '@' || plain === '') return base;
  if (plain.endsWith('.')) return plain.slice(0, -1);
  if (base === undefined || plain === base || plain.includes('.')) return plain;
  return `${plain}.${base}`;
}

const fileNames = ['file_name', 'file_path', 'file_url', 'file_location', 'path', 'url', 'location', 'file'];
const fileContents = ['file_content', 'file_contents', 'contents', 'content', 'body', 'data', 'value'];

/** The place where CAs look for a file of which only the name is told (Baseline Requirements 3.2.2.4.18). */
const usualFolder = '/.well-known/pki-validation/';

function file(object: JsonObject, domain: string | undefined): FileChallenge | undefined {
  const kind = dcvMethod(first(object, ['type', 'method', 'dcv_type', 'dcv_method']));
  // "name" may be anything's, unless the object says that it is about a file.
  const name = first(object, kind === 'file' ? [...fileNames, 'name'] : fileNames);
  const content = first(object, fileContents);
  if (name === undefined || content === undefined) return undefined;
  const match = /^(?:https?:\/\/([^/\s?#]+)|([^/\s?#]*\.[^/\s?#]+)(?=\/))?(\/[^\s?#]*)?$/i.exec(name);
  const bare = /^[A-Za-z0-9._-]{1,128}$/.test(name) ? usualFolder + name : undefined;
  const path = bare ?? match?.[3];
  const named = bare === undefined ? (match?.[1] ?? match?.[2]) : undefined;
  const where = host(named) ?? domain?.replace(/^\*\./, '');
  if (path === undefined || where === undefined) return undefined;
  return { kind: 'file', identifier: domain ?? where, host: where, path, content };
}

function approvers(object: JsonObject, domain: string | undefined): EmailChallenge | undefined {
  const addresses = Object.entries(object)
    .filter(([key]) => /mail|approver|address/i.test(key))
    .flatMap(([, value]) => (Array.isArray(value) ? value.slice(0, 100) : [value]))
    .filter((value): value is string => typeof value === 'string' && isAddress(value));
  if (addresses.length === 0 || domain === undefined) return undefined;
  return { kind: 'email', identifier: domain, addresses: [...new Set(addresses)] };
}

export function isAddress(text: string): boolean {
  return text.length <= 254 && /^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text);
}

function host(text: string | undefined): string | undefined {
  const name = text?.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  return name !== undefined && /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)+$/.test(name) ? name : undefined;
}

function isEmpty(details: unknown): boolean {
  if (details === undefined || details === null || details === '') return true;
  if (Array.isArray(details)) return details.every(isEmpty);
  return isObject(details) && Object.values(details).every(isEmpty);
}

const doneWords =
  /^(done|complete|completed|finished|valid|validated|verified|approved|success|succeeded|ok|passed|active)$/i;

/** Every step that is listed says that it is done: then nobody is needed. */
function isFinished(details: unknown): boolean {
  const words: string[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) collect(item);
    else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value)) {
        if (typeof inner === 'string' && /status|state|progress|result/i.test(key)) words.push(inner.trim());
        else collect(inner);
      }
    }
  };
  collect(details);
  return words.length > 0 && words.every((word) => doneWords.test(word));
}

/** The method that the details themselves name, where the certificate does not. */
export function methodOf(details: unknown): DcvMethod | undefined {
  if (!isObject(details)) return undefined;
  return dcvMethod(first(details, ['dcv_type', 'dcv_method', 'method', 'validation_type']));
}
