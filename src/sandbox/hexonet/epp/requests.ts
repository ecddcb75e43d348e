/** EPP messages of the client: what is asked for, as far as this server knows it. */
import { toCommand } from '../wire.ts';
import type { ParsedCommand } from '../wire.ts';
import { EPP, KEYVALUE } from './responses.ts';
import { parseXml } from './xml.ts';
import type { XmlElement } from './xml.ts';

export type EppRequest =
  | { readonly kind: 'hello' }
  | {
      readonly kind: 'login';
      readonly clientId: string | undefined;
      readonly account: string;
      readonly password: string;
      readonly version: string;
      readonly language: string;
      readonly objects: readonly string[];
      readonly extensions: readonly string[];
    }
  | { readonly kind: 'logout'; readonly clientId: string | undefined }
  | { readonly kind: 'command'; readonly clientId: string | undefined; readonly command: ParsedCommand }
  /** EPP, but nothing this server does. */
  | {
      readonly kind: 'other';
      readonly clientId: string | undefined;
      readonly name: string;
      readonly result: 2000 | 2101 | 2103;
    };

/** Throws when the text is no EPP. The message is for people. */
export function parseRequest(text: string): EppRequest {
  const root = parseXml(text);
  const [first, ...more] = root.children;
  if (!isEpp(root, 'epp') || first === undefined || more.length > 0) {
    throw new Error('not one message in an <epp> element of the EPP namespace');
  }
  if (isEpp(first, 'hello')) return { kind: 'hello' };
  if (isEpp(first, 'extension')) return extension(first, undefined);
  if (isEpp(first, 'command')) return command(first);
  throw new Error(`<${first.name}> is no message of a client`);
}

function command(element: XmlElement): EppRequest {
  const parts = element.children.filter((child) => child.namespace === EPP);
  const clientId = parts.find(({ name }) => name === 'clTRID')?.text.trim();
  // RFC 5730: trIDStringType is 3 to 64 characters.
  if (clientId !== undefined && !/^.{3,64}$/.test(clientId))
    throw new Error('a clTRID has 3 to 64 characters');
  const extended = parts.find(({ name }) => name === 'extension');
  const verbs = parts.filter(({ name }) => name !== 'extension' && name !== 'clTRID');
  const [verb, ...more] = verbs;
  if (more.length > 0 || parts.length !== element.children.length)
    throw new Error('not one verb in a <command>');
  if (verb === undefined) {
    if (extended === undefined) throw new Error('a <command> of nothing');
    return extension(extended, clientId);
  }
  switch (verb.name) {
    case 'login':
      return login(verb, clientId);
    case 'logout':
      return { kind: 'logout', clientId };
    case 'check':
    case 'create':
    case 'delete':
    case 'info':
    case 'poll':
    case 'renew':
    case 'transfer':
    case 'update':
      return { kind: 'other', clientId, name: verb.name, result: 2101 };
    default:
      return { kind: 'other', clientId, name: verb.name, result: 2000 };
  }
}

function login(element: XmlElement, clientId: string | undefined): EppRequest {
  const text = (path: readonly string[]): string => {
    let at: XmlElement | undefined = element;
    for (const name of path) at = at?.children.find((child) => isEpp(child, name));
    if (at === undefined) throw new Error(`<login> without <${path.join('><')}>`);
    return at.text.trim();
  };
  const services = element.children.find((child) => isEpp(child, 'svcs'));
  const extensions = services?.children.find((child) => isEpp(child, 'svcExtension'));
  const uris = (within: XmlElement | undefined, name: string): string[] =>
    (within?.children ?? []).filter((child) => isEpp(child, name)).map((child) => child.text.trim());
  return {
    kind: 'login',
    clientId,
    account: text(['clID']),
    password: text(['pw']),
    version: text(['options', 'version']),
    language: text(['options', 'lang']),
    objects: uris(services, 'objURI'),
    extensions: uris(extensions, 'extURI'),
  };
}

function extension(element: XmlElement, clientId: string | undefined): EppRequest {
  const [inner, ...more] = element.children;
  if (inner === undefined || more.length > 0) throw new Error('not one element in an <extension>');
  if (inner.namespace !== KEYVALUE || inner.name !== 'extension') {
    return { kind: 'other', clientId, name: inner.name, result: 2103 };
  }
  const entries = inner.children.map((pair): [string, string] => {
    const key = pair.attributes.get('key');
    if (pair.namespace !== KEYVALUE || pair.name !== 'kv' || key === undefined) {
      throw new Error('a key-value extension holds <kv key="…" value="…"/> and nothing else');
    }
    const value = pair.attributes.get('value') ?? '';
    // The protocol behind is one of lines: a line end would end the value there too.
    if (/[\r\n]/.test(value)) throw new Error(`the value of ${key} has a line end`);
    return [key, value];
  });
  const names = entries.map(([key]) => key.toUpperCase());
  if (new Set(names).size < names.length) throw new Error('the same key twice');
  return { kind: 'command', clientId, command: toCommand(entries) };
}

const isEpp = (element: XmlElement, name: string): boolean =>
  element.namespace === EPP && element.name === name;
