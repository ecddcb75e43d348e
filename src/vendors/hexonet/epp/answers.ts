/** What the EPP server says: greetings (RFC 5730 §2.4) and responses (§2.6) with the key-value extension in them. */
import { RenewdError } from '../../../core/errors.ts';
import type { Answer } from '../../command-text/wire.ts';
import { parseXml } from '../../common/xml.ts';
import { isSuccess } from '../../command-text/result-code.ts';
import { propertiesOf, type KeyValue } from './key-values.ts';
import { eppNamespace, keyValueNamespace } from './messages.ts';
import { children, find, qualified, type QualifiedElement } from './namespaces.ts';

export interface Greeting {
  readonly versions: readonly string[];
  readonly objectUris: readonly string[];
  readonly extensionUris: readonly string[];
}

export interface EppResponse {
  /** RFC 5730 §3: 1000 to 2502. */
  readonly resultCode: number;
  /** The code of the command inside, the description, and the properties. */
  readonly answer: Answer;
  /** The server closes the connection after this (§3: 1500 and 25xx). */
  readonly closing: boolean;
}

/** No server lists more; bounds what is sent back at login. */
const urisMax = 50;

function rootOf(xml: string): QualifiedElement {
  const root = qualified(parseXml(xml));
  if (root.namespace !== eppNamespace || root.name !== 'epp') throw protocol('not an EPP document');
  return root;
}

/** Throws `provider-protocol` for anything but a greeting. */
export function parseGreeting(xml: string): Greeting {
  const greeting = find(rootOf(xml), eppNamespace, 'greeting');
  if (greeting === undefined) throw protocol('a greeting was expected');
  const menu = find(greeting, eppNamespace, 'svcMenu');
  const texts = (parent: QualifiedElement | undefined, name: string): string[] =>
    children(parent, eppNamespace, name)
      .slice(0, urisMax)
      .map(({ text }) => text.trim().slice(0, 200));
  return {
    versions: texts(menu, 'version'),
    objectUris: texts(menu, 'objURI'),
    extensionUris: texts(find(menu, eppNamespace, 'svcExtension'), 'extURI'),
  };
}

/** Throws `provider-protocol` when the server does not speak our version and extension. */
export function checkGreeting({ versions, extensionUris }: Greeting): void {
  if (!versions.includes('1.0')) throw protocol('the server does not offer EPP 1.0');
  if (!extensionUris.includes(keyValueNamespace)) {
    throw protocol(`the server does not offer the extension ${keyValueNamespace}`);
  }
}

/** Throws `provider-protocol` for anything but a response with a result. */
export function parseResponse(xml: string): EppResponse {
  const response = find(rootOf(xml), eppNamespace, 'response');
  const results = children(response, eppNamespace, 'result').map(readResult);
  // Several results are all failures (§2.6); a success beside a failure is none.
  const result = results.find(({ resultCode }) => resultCode >= 2000) ?? results[0];
  if (result === undefined) throw protocol('a response without a result');
  const { resultCode, code, description } = result;
  const pairs = children(find(response, eppNamespace, 'extension'), keyValueNamespace, 'extension').flatMap(
    (extension) => children(extension, keyValueNamespace, 'kv').map(readPair),
  );
  const answer = {
    code,
    description,
    ...propertiesOf(pairs.filter((pair) => pair !== undefined)),
    ended: true,
  };
  return { resultCode, answer, closing: resultCode === 1500 || resultCode >= 2500 };
}

function readResult(result: QualifiedElement): {
  resultCode: number;
  code: number | undefined;
  description: string;
} {
  const text = result.attributes.get('code') ?? '';
  if (!/^[12]\d{3}$/.test(text)) throw protocol('a result without a code');
  const resultCode = Number(text);
  const message = find(result, eppNamespace, 'msg')?.text.trim() ?? '';
  // The reason stands beside the value that it is about (§2.6); a server may repeat it.
  const reasons = children(result, eppNamespace, 'extValue').map(
    (value) => find(value, eppNamespace, 'reason')?.text.trim() ?? '',
  );
  const [, inner, words] =
    reasons.map((reason) => /^(\d{3})(?:\s+([\s\S]*))?$/.exec(reason)).find(Boolean) ?? [];
  const code = inner === undefined ? commandCode(resultCode) : Number(inner);
  const agreed = isSuccess(code) === resultCode < 2000;
  return {
    resultCode,
    code: agreed ? code : undefined,
    description: words ?? reasons.find(Boolean) ?? message,
  };
}

function readPair(pair: QualifiedElement): KeyValue | undefined {
  const key = pair.attributes.get('key');
  return key === undefined ? undefined : { key: key.trim(), value: pair.attributes.get('value') };
}

/** RFC 5730 §3 in terms of the command API, for responses that name no code of it. */
const commandCodes: ReadonlyMap<number, number> = new Map([
  [2000, 500],
  [2001, 507],
  [2002, 547],
  [2003, 504],
  [2004, 541],
  [2005, 505],
  [2100, 507],
  [2101, 500],
  [2102, 501],
  [2103, 500],
  [2104, 546],
  [2105, 548],
  [2106, 547],
  [2200, 530],
  [2201, 531],
  [2202, 531],
  [2300, 547],
  [2301, 547],
  [2302, 540],
  [2303, 545],
  [2304, 547],
  [2305, 547],
  [2306, 541],
  [2307, 500],
  [2308, 541],
  // An internal error of the server (RFC 5730 §3) does not say that nothing was done.
  [2400, 421],
  [2500, 420],
  [2501, 530],
  [2502, 521],
]);

function commandCode(resultCode: number): number | undefined {
  return resultCode < 2000 ? 200 : commandCodes.get(resultCode);
}

function protocol(what: string): RenewdError {
  return new RenewdError('provider-protocol', `the EPP answer cannot be used: ${what}`);
}
