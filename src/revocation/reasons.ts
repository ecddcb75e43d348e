/** Reason codes of RFC 5280 §5.3.1, as CRL entries and OCSP answers carry them. */
import { DerError, type DerElement } from '../pki/der.ts';

const words: ReadonlyMap<number, string> = new Map([
  [0, 'unspecified'],
  [1, 'keyCompromise'],
  [2, 'cACompromise'],
  [3, 'affiliationChanged'],
  [4, 'superseded'],
  [5, 'cessationOfOperation'],
  [6, 'certificateHold'],
  [9, 'privilegeWithdrawn'],
  [10, 'aACompromise'],
]);

const enumerated = 0x0a;

/** Throws DerError for anything but a known code; `removeFromCRL` (8) belongs into delta lists, which are not read. */
export function readReasonCode(element: DerElement): number {
  const code = element.bytes[element.contentStart];
  if (element.tag !== enumerated || element.end - element.contentStart !== 1 || code === undefined)
    throw new DerError('a bad reason code');
  if (!words.has(code)) throw new DerError(`the reason code ${code} is unknown`);
  return code;
}

export function reasonWord(code: number): string | null {
  return words.get(code) ?? null;
}
