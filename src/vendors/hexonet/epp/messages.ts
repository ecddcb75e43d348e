/** What is said to the EPP server (RFC 5730 §2.9), and the key-value extension around a command. */
import { RenewdError } from '../../../core/errors.ts';
import type { Pair } from '../../command-text/wire.ts';

export const eppNamespace = 'urn:ietf:params:xml:ns:epp-1.0';

/** hexonet-ssl-api, EPP samples. */
export const keyValueNamespace = 'http://schema.ispapi.net/epp/xml/keyvalue-1.0';

function document(content: string): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<epp xmlns="${eppNamespace}">${content}</epp>`;
}

/** RFC 5730 §2.3: answered by a greeting, at any time. */
export const helloMessage = document('<hello/>');

export interface Login {
  readonly login: string;
  readonly password: string;
  /** As the greeting offered them. */
  readonly objectUris: readonly string[];
  readonly transactionId: string;
}

/** RFC 5730 §2.9.1.1, with the key-value extension. */
export function loginMessage({ login, password, objectUris, transactionId }: Login): string {
  const objects = objectUris.map((uri) => `<objURI>${escaped(uri)}</objURI>`).join('');
  return document(
    `<command><login><clID>${escaped(login)}</clID><pw>${escaped(password)}</pw>` +
      '<options><version>1.0</version><lang>en</lang></options>' +
      `<svcs>${objects}<svcExtension><extURI>${keyValueNamespace}</extURI></svcExtension></svcs>` +
      `</login><clTRID>${escaped(transactionId)}</clTRID></command>`,
  );
}

/** RFC 5730 §2.9.1.2. */
export function logoutMessage(transactionId: string): string {
  return document(`<command><logout/><clTRID>${escaped(transactionId)}</clTRID></command>`);
}

/** A bare command stands in a protocol extension directly under the root; it carries no transaction id. */
export function commandMessage(pairs: readonly Pair[]): string {
  const rows = pairs.map(([key, value]) =>
    value === null
      ? `<keyvalue:kv key="${escaped(key)}"/>`
      : `<keyvalue:kv key="${escaped(key)}" value="${escaped(value)}"/>`,
  );
  return document(
    `<extension><keyvalue:extension xmlns:keyvalue="${keyValueNamespace}">${rows.join('')}</keyvalue:extension></extension>`,
  );
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A reader turns these into blanks unless they are references (XML 1.0 §3.3.3).
  '\t': '&#9;',
};

/** For text and attributes. Throws `config-invalid` for a character that XML 1.0 cannot carry (§2.2). */
function escaped(text: string): string {
  // oxlint-disable-next-line no-control-regex -- exactly the characters that XML 1.0 leaves out, and line breaks
  if (/[\u0000-\u0008\u000a-\u001f\ufffe\uffff]/.test(text) || !text.isWellFormed()) {
    throw new RenewdError('config-invalid', 'a value holds a character that XML cannot carry');
  }
  return text.replace(/[&<>"'\t]/g, (character) => entities[character] ?? character);
}
