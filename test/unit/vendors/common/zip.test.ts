import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RenewdError } from '../../../../src/core/errors.ts';
import { readZip } from '../../../../src/vendors/common/zip.ts';

interface Part {
  readonly name: string;
  readonly content: Buffer;
  /** Replaces what the archive would truthfully say. */
  readonly claim?: { crc?: number; size?: number; packedSize?: number; method?: number; flags?: number };
}

/** An archive by hand (APPNOTE 4.3), so that it can lie. */
function archive(parts: readonly Part[], entryCount = parts.length): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, claim = {} } of parts) {
    const packed = claim.method === 0 ? content : deflateRawSync(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(claim.flags ?? 0x0800, 2);
    shared.writeUInt16LE(claim.method ?? 8, 4);
    shared.writeUInt32LE(claim.crc ?? crc32(content), 10);
    shared.writeUInt32LE(claim.packedSize ?? packed.length, 14);
    shared.writeUInt32LE(claim.size ?? content.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, tail, Buffer.from(name)]),
    );
    bodies.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entryCount, 8);
  end.writeUInt16LE(entryCount, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}

async function refusal(bytes: Uint8Array, limits = {}): Promise<RenewdError> {
  const thrown: unknown = await readZip(bytes, limits).catch((reason: unknown) => reason);
  if (thrown instanceof RenewdError) return thrown;
  throw new Error('not refused', { cause: thrown });
}

const text = Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'.repeat(40));

describe('archives of other programs', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'zip-'));
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'cert.crt'), text);
    writeFileSync(join(folder, 'sub', 'ca.crt'), 'ca\n');
    writeFileSync(join(folder, 'empty'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const wanted = { 'cert.crt': text.toString(), 'sub/ca.crt': 'ca\n', empty: '' };

  test.each([
    ['Info-ZIP', 'zip', ['-q', '-r', 'a.zip', 'cert.crt', 'sub', 'empty']],
    ['Info-ZIP, stored', 'zip', ['-q', '-0', '-r', 'b.zip', 'cert.crt', 'sub', 'empty']],
    ['Python', 'python3', ['-m', 'zipfile', '-c', 'c.zip', 'cert.crt', 'sub', 'empty']],
  ])('%s', async (_, program, args) => {
    execFileSync(program, args, { cwd: folder });
    const name = args.find((arg) => arg.endsWith('.zip')) ?? '';
    const bytes = readFileSync(join(folder, name));
    const files = await readZip(bytes);
    expect(Object.fromEntries(files.map((file) => [file.name, file.bytes.toString()]))).toEqual(wanted);
  });

  test('encrypted by Info-ZIP: refused', async () => {
    execFileSync('zip', ['-q', '-P', 'word', 'secret.zip', 'cert.crt'], { cwd: folder });
    const thrown = await refusal(readFileSync(join(folder, 'secret.zip')));
    expect(thrown).toMatchObject({
      code: 'provider-protocol',
      message: expect.stringContaining('"cert.crt" is encrypted'),
    });
  });
});

describe('limits', () => {
  const bomb = Buffer.alloc(900_000);

  test.each<[string, Buffer, object, string]>([
    [
      'entries',
      archive(Array.from({ length: 65 }, (_, at) => ({ name: `${at}`, content: text }))),
      {},
      '64 entries',
    ],
    ['names', archive([{ name: 'n'.repeat(256), content: text }]), {}, 'overlong name'],
    ['one file', archive([{ name: 'a', content: text }]), { entryBytes: 100 }, 'larger than 100 bytes'],
    [
      'all files',
      archive([
        { name: 'a', content: text },
        { name: 'b', content: text },
      ]),
      { totalBytes: text.length + 1 },
      'bytes in all',
    ],
    ['ratio', archive([{ name: 'bomb', content: bomb }]), {}, 'times its size'],
  ])('%s', async (_, bytes, limits, words) => {
    const thrown = await refusal(bytes, limits);
    expect(thrown).toMatchObject({ code: 'provider-answer-too-large', kind: 'protocol' });
    expect(thrown.message).toContain(words);
  });

  test('what fits them just so is read', async () => {
    const parts = Array.from({ length: 64 }, (_, at) => ({ name: `${at}`, content: text }));
    expect(await readZip(archive(parts), { entryBytes: text.length })).toHaveLength(64);
  });
});

describe('lies', () => {
  test.each<[string, Part['claim']]>([
    ['checksum', { crc: 1 }],
    ['size too small', { size: 10 }],
    ['size too large', { size: text.length + 1 }],
    ['packed size beyond the end', { packedSize: 100_000 }],
    ['method', { method: 12 }],
    ['encryption flag', { flags: 0x0801 }],
    ['stored, but sizes differ', { method: 0, size: text.length - 1 }],
  ])('%s', async (_, claim) => {
    const bytes = archive([{ name: 'cert.crt', content: text, ...(claim === undefined ? {} : { claim }) }]);
    expect((await refusal(bytes)).kind).toBe('protocol');
  });

  test.each(['../cert.crt', '/etc/cert.crt', 'C:/cert.crt', 'a\\b.crt'])(
    'a name that climbs (%s) is refused',
    async (name) => {
      expect((await refusal(archive([{ name, content: text }]))).kind).toBe('protocol');
    },
  );

  test('a count that the directory does not keep', async () => {
    expect((await refusal(archive([{ name: 'a', content: text }], 2))).kind).toBe('protocol');
  });

  test('a name called __proto__ is a name', async () => {
    const [file] = await readZip(archive([{ name: '__proto__', content: text }]));
    expect(file?.name).toBe('__proto__');
  });
});

test('any bytes, cut, doubled or changed: files or a typed error, soon', async () => {
  const good = archive([
    { name: 'cert.crt', content: text },
    { name: 'ca.crt', content: Buffer.from('ca') },
  ]);
  const change = fc.record({
    at: fc.nat(good.length - 1),
    byte: fc.nat(255),
    cut: fc.option(fc.nat(good.length), { nil: undefined }),
    twice: fc.boolean(),
  });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((one) => Buffer.from(one)),
    change.map(({ at, byte, cut, twice }) => {
      const copy = Buffer.from(good);
      copy[at] = byte;
      const part = cut === undefined ? copy : copy.subarray(0, cut);
      return twice ? Buffer.concat([part, part]) : part;
    }),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (input) => {
      const result = await readZip(input).catch((reason: unknown) => reason);
      if (Array.isArray(result)) return;
      expect(result).toBeInstanceOf(RenewdError);
      expect(result).toMatchObject({ kind: 'protocol' });
    }),
    { numRuns: 400 },
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
}, 20_000);
