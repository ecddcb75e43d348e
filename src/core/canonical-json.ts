/**
 * One text for one value, so that a hash of it means something. As RFC 8785 (JSON Canonicalization Scheme): no white
 * space, members sorted by the UTF-16 code units of their names, numbers as ECMAScript writes them. One difference: every
 * character outside of printable ASCII is written as \uXXXX (lower-case digits, surrogates one by one), so that the bytes
 * are the same in every encoding and no terminal, mail or editor changes them.
 */
import { RenewdError } from './errors.ts';

/** Evidence of ours is four levels deep; this bounds what a damaged store can make us do. */
const depthMax = 64;

/** Throws RenewdError `internal` for what JSON does not have: undefined, functions, big integers, NaN, infinities. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > depthMax) throw new RenewdError('internal', `JSON deeper than ${depthMax} levels`);
  switch (typeof value) {
    case 'string':
      return textOf(value);
    case 'boolean':
      return String(value);
    case 'number':
      if (Number.isFinite(value)) return JSON.stringify(value);
      break;
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
      return objectOf(value, depth);
    default:
      break;
  }
  throw new RenewdError('internal', `a ${typeof value} has no place in JSON`);
}

function objectOf(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new RenewdError('internal', 'only plain objects have a place in JSON');
  }
  let text = '';
  // The default order of strings is that by UTF-16 code units.
  for (const name of Object.keys(value).toSorted()) {
    const member: unknown = Reflect.get(value, name);
    text += `${text === '' ? '' : ','}${textOf(name)}:${canonicalJson(member, depth + 1)}`;
  }
  return `{${text}}`;
}

/** Most texts need no escape, and a ledger holds millions of them. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function textOf(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
