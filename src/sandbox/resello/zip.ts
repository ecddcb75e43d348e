/** Writes ZIP archives (PKWARE APPNOTE 6.3.3 §4.3), well-formed ones and, where an entry says so, lying ones. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  /** As it stands in the archive; "folder/" makes a folder. */
  readonly name: string;
  readonly content: Buffer;
  /** Default: deflated. */
  readonly stored?: boolean;
  /** Sizes and checksum behind the content instead of before it (§4.3.9). */
  readonly descriptor?: boolean;
  /** What to claim instead of the truth. */
  readonly claims?: { readonly size?: number; readonly crc?: number; readonly encrypted?: boolean };
}

const VERSION_NEEDED = 20;
const UTF8_NAME = 1 << 11;
const DESCRIPTOR = 1 << 3;
const ENCRYPTED = 1;
/** Unix, a regular file that everybody may read. */
const MADE_BY_UNIX = (3 << 8) | VERSION_NEEDED;
const FILE_MODE = 0o100644;
const FOLDER_MODE = 0o040755;

export function zipArchive(entries: readonly ZipEntry[], now: Date, comment = ''): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { local, central } = encode(entry, now, offset);
    parts.push(local);
    directory.push(central);
    offset += local.length;
  }
  const centralSize = directory.reduce((sum, { length }) => sum + length, 0);
  const text = Buffer.from(comment, 'utf8');
  const end = numbers([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, entries.length],
    [2, entries.length],
    [4, centralSize],
    [4, offset],
    [2, text.length],
  ]);
  return Buffer.concat([...parts, ...directory, end, text]);
}

function encode(entry: ZipEntry, now: Date, offset: number): { local: Buffer; central: Buffer } {
  const { content, claims = {} } = entry;
  const name = Buffer.from(entry.name, 'utf8');
  const stored = entry.stored === true || content.length === 0;
  const packed = stored ? content : deflateRawSync(content);
  // An encrypted entry begins with twelve bytes of its own (§6.1.3); what follows is rubbish without the password.
  const data = claims.encrypted === true ? Buffer.concat([Buffer.alloc(12, 0xa5), packed]) : packed;
  const late = entry.descriptor === true;
  const flags =
    (name.length === entry.name.length ? 0 : UTF8_NAME) |
    (late ? DESCRIPTOR : 0) |
    (claims.encrypted === true ? ENCRYPTED : 0);
  const sizes: Field[] = [
    [4, claims.crc ?? crc32(content)],
    [4, data.length],
    [4, claims.size ?? content.length],
  ];
  const shared: Field[] = [[2, VERSION_NEEDED], [2, flags], [2, stored ? 0 : 8], ...dosTime(now)];
  const unknown: Field[] = sizes.map(([width]) => [width, 0]);
  const local = Buffer.concat([
    numbers([[4, 0x04034b50], ...shared, ...(late ? unknown : sizes), [2, name.length], [2, 0]]),
    name,
    data,
    ...(late ? [numbers([[4, 0x08074b50], ...sizes])] : []),
  ]);
  const folder = entry.name.endsWith('/');
  const central = Buffer.concat([
    numbers([
      [4, 0x02014b50],
      [2, MADE_BY_UNIX],
      ...shared,
      ...sizes,
      [2, name.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, (folder ? FOLDER_MODE : FILE_MODE) * 0x10000],
      [4, offset],
    ]),
    name,
  ]);
  return { local, central };
}

/** Width in bytes and value, little-endian. */
type Field = readonly [2 | 4, number];

function numbers(fields: readonly Field[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of fields) at = buffer.writeUIntLE(value, at, width);
  return buffer;
}

/** MS-DOS time and date: two-second steps from 1980. */
function dosTime(at: Date): Field[] {
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  const day = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return [
    [2, time],
    [2, day],
  ];
}
