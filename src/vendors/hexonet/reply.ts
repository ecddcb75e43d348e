/**
 * What leaves the transport: an answer without secrets in it. A private key that the vendor sends (StatusSSLCert and the
 * order commands can, in PEM[]) is taken out and wrapped; passwords and keys that the vendor repeats are blotted out.
 */
import { Secret } from '../../core/certificate.ts';
import { secretForms } from '../../core/secret-forms.ts';
import type { Answer } from '../command-text/wire.ts';

export interface Reply {
  /** No property of it holds a private key. */
  readonly answer: Answer;
  /** The PEM text of property PEM, where the answer had one. */
  readonly privateKey?: Secret;
}

const keyBegin = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/i;
/** The end may be missing: then everything behind the beginning is taken for key. */
const keyBlock = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/gi;

/** Below this a password is too short to be told from ordinary values; texts for people are blotted all the same. */
const telltaleLength = 6;

/** `secrets`: the password and every line of a key that was sent. */
export function safeReply(raw: Answer, secrets: readonly string[]): Reply {
  const properties: Record<string, readonly (string | undefined)[]> = {};
  // As in the answer: a property called __proto__ is a property like any other.
  Object.setPrototypeOf(properties, null);
  let privateKey: Secret | undefined;
  // Made once for each answer: lists have thousands of values.
  const telltale = secrets.filter((secret) => secret.length >= telltaleLength).flatMap(secretForms);
  for (const [name, values] of Object.entries(raw.properties)) {
    if (name === 'PEM') privateKey = joined(values);
    if (/^PEM\d*$/.test(name) || values.some((value) => value !== undefined && keyBegin.test(value)))
      continue;
    properties[name] = values.map((value) => (value === undefined ? value : without(value, telltale)));
  }
  const answer = { ...raw, properties, description: blotted(raw.description, secrets) };
  return privateKey === undefined ? { answer } : { answer, privateKey };
}

/** A text from outside without private keys and without these secrets, however they are spelled. */
function blotted(text: string, secrets: readonly string[]): string {
  return without(text, secrets.flatMap(secretForms));
}

function without(text: string, forms: readonly string[]): string {
  let clean = text.replace(keyBlock, '[private key]');
  for (const form of forms) clean = clean.replaceAll(form, '[secret]');
  return clean;
}

function joined(values: readonly (string | undefined)[]): Secret | undefined {
  const lines = Array.from(values).filter((value) => value !== undefined && value !== '');
  return lines.length === 0 ? undefined : new Secret(`${lines.join('\n')}\n`);
}
