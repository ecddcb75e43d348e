/** Distinguished names (RFC 5280 §4.1.2.4) as one line for people. Never compared in this form. */
import {
  asBuffer,
  children,
  content,
  DerError,
  expectTag,
  latin1,
  readOid,
  tags,
  type DerElement,
} from './der.ts';

const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
};

const lengthMax = 200;

/** "CN=…, O=…, C=…", the most specific part first, at most 200 characters, no control characters. */
export function nameText(name: DerElement): string {
  const parts: string[] = [];
  for (const relative of children(name)) {
    for (const attribute of children(expectTag(relative, tags.set))) {
      const [type, value] = children(expectTag(attribute, tags.sequence));
      const oid = readOid(expectTag(type, tags.oid));
      parts.unshift(`${shortNames[oid] ?? oid}=${value === undefined ? '' : stringText(value)}`);
    }
  }
  const text = parts.join(', ');
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
}

function stringText(value: DerElement): string {
  // Control and bidirectional characters could rewrite a terminal line or hide what follows.
  return decode(value).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '?');
}

/** DirectoryString and IA5String (RFC 5280 §4.1.2.4); nothing else is text. */
function decode(value: DerElement): string {
  switch (value.tag) {
    case tags.utf8String:
      return asBuffer(value.bytes).toString('utf8', value.contentStart, value.end);
    case tags.bmpString: {
      const bytes = Buffer.from(content(value));
      return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : latin1(value);
    }
    case tags.printableString:
    case tags.ia5String:
    case tags.teletexString:
    case tags.universalString:
    case tags.numericString:
      return latin1(value);
    default:
      throw new DerError('a name holds something else than text');
  }
}
