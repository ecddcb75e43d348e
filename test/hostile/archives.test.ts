/** Resello's archives, where nothing but the archive can be downloaded: bombs, lies and names that climb. */
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { zipArchive, type ZipEntry } from '../../src/sandbox/resello/zip.ts';
import { createWorld } from '../builders/world.ts';
import { worldStart } from '../builders/world/surroundings.ts';
import {
  expectCleanLogs,
  filesBelow,
  good,
  march,
  marchUntilGood,
  mebibyte,
  memoryPeak,
  newest,
  renewable,
} from './kit.ts';

interface ArchiveLie {
  readonly name: string;
  readonly code: 'provider-protocol' | 'provider-answer-too-large';
  readonly says: RegExp;
  /** From the true files. */
  readonly twist: (files: readonly ZipEntry[]) => Buffer;
}

const at = worldStart;
const zeros = (size: number): Buffer => Buffer.alloc(size);
const nothing = Buffer.alloc(0);

/** A symbolic link, as Unix writes it: the mode in the upper half of the external attributes (APPNOTE 4.4.15). */
function asLink(archive: Buffer): Buffer {
  const changed = Buffer.from(archive);
  const central = changed.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  changed.writeUInt32LE(0o120777 * 0x10000, central + 38);
  return changed;
}

const lies: readonly ArchiveLie[] = [
  {
    name: 'bomb',
    code: 'provider-answer-too-large',
    says: /unpacks to more than 200 times its size|is larger than/,
    twist: (files) => zipArchive([...files, { name: 'notes.txt', content: zeros(64 * mebibyte) }], at),
  },
  {
    name: 'lying-size',
    code: 'provider-protocol',
    says: /the ZIP archive cannot be read: .*(too many|size)/i,
    twist: ([leaf, ...rest]) =>
      zipArchive(
        [
          {
            name: 'a.crt',
            content: Buffer.concat([leaf?.content ?? nothing, Buffer.alloc(32 * mebibyte, '\n')]),
            claims: { size: leaf?.content.length ?? 0 },
          },
          ...rest,
        ],
        at,
      ),
  },
  {
    name: 'many-entries',
    code: 'provider-answer-too-large',
    says: /more than 64 entries/,
    twist: (files) =>
      zipArchive(
        [
          ...files,
          ...Array.from({ length: 20_000 }, (_, index) => ({ name: `${index}.crt`, content: nothing })),
        ],
        at,
      ),
  },
  {
    name: 'climbing',
    code: 'provider-protocol',
    says: /the ZIP archive cannot be read: .*relative path/i,
    twist: (files) =>
      zipArchive([{ name: '../../../climbed.crt', content: files[0]?.content ?? nothing }, ...files], at),
  },
  {
    name: 'absolute',
    code: 'provider-protocol',
    says: /the ZIP archive cannot be read: .*absolute path/i,
    twist: (files) => zipArchive([{ name: '/etc/cron.d/climbed', content: zeros(1) }, ...files], at),
  },
  {
    name: 'wrong-crc',
    code: 'provider-protocol',
    says: /does not fit its checksum/,
    twist: ([leaf, ...rest]) =>
      zipArchive(
        [{ name: 'a.crt', content: leaf?.content ?? nothing, claims: { crc: 0xdead_beef } }, ...rest],
        at,
      ),
  },
  {
    name: 'encrypted',
    code: 'provider-protocol',
    says: /is encrypted/,
    twist: ([leaf, ...rest]) =>
      zipArchive(
        [{ name: 'a.crt', content: leaf?.content ?? nothing, claims: { encrypted: true } }, ...rest],
        at,
      ),
  },
  {
    name: 'cut',
    code: 'provider-protocol',
    says: /the ZIP archive cannot be read/,
    twist(files) {
      const whole = zipArchive(files, at);
      return whole.subarray(0, whole.length - 10);
    },
  },
];

/** Harmless: nothing is ever unpacked to a file, and what is no certificate does not count. */
const linked = 'link';
const truth = 'truth';

test('each is refused with its reason; nothing is written anywhere; the others are served', async () => {
  const world = await createWorld();
  const names = [...lies.map(({ name }) => name), linked, truth];
  for (const name of names) await world.seed({ name, provider: 'rs', ...renewable });
  await world.seed({ name: good, provider: 'inx', ...renewable });
  const simulator = world.sandbox.vendors.get('resello')?.simulator;
  if (simulator === undefined) throw new Error('no resello');
  /** Packed once, however often they are asked for. */
  const archives = new Map<string, Buffer>();
  const honest = simulator.handle.bind(simulator);
  vi.spyOn(simulator, 'handle').mockImplementation(async (request) => {
    const [, certificate, format] = /^(.*)\/download-(\w+)$/.exec(request.path) ?? [];
    if (certificate === undefined || format === 'csr') return honest(request);
    const download = (one: string) => honest({ ...request, path: `${certificate}/download-${one}` });
    const [leaf, chain] = [await download('crt'), await download('ca')];
    if (leaf.status !== 200 || leaf.body.length === 0) return honest(request);
    const x509 = new X509Certificate(leaf.body);
    if (x509.validFromDate < new Date(worldStart.getTime() - 86_400_000)) return honest(request);
    if (format !== 'zip') return { ...leaf, body: nothing };
    const name = /DNS:([\w-]+)/.exec(x509.subjectAltName ?? '')?.[1];
    const files = [
      { name: 'leaf.crt', content: Buffer.from(leaf.body) },
      { name: 'ca.crt', content: Buffer.from(chain.body) },
    ];
    const lie = lies.find((one) => one.name === name);
    if (lie !== undefined) {
      const body = archives.get(lie.name) ?? lie.twist(files);
      archives.set(lie.name, body);
      return { ...leaf, body };
    }
    const link = { name: 'aaa.crt', content: Buffer.from('/etc/passwd'), stored: true };
    return {
      ...leaf,
      body: name === linked ? asLink(zipArchive([link, ...files], at)) : zipArchive(files, at),
    };
  });
  const before = new Map(names.map((name) => [name, filesBelow(`${world.directory}/tls/${name}`)]));
  await world.configure([
    ...names.map((name) => ({ name, provider: 'rs' as const })),
    { name: good, provider: 'inx' as const },
  ]);
  const peak = await memoryPeak(async () => {
    await marchUntilGood(world);
    for (const name of [linked, truth])
      await march(world, async () => (await newest(world, name))?.state === 'served');
    for (const { name } of lies)
      await march(world, async () => ((await newest(world, name))?.failure ?? null) !== null);
  });
  for (const { name, code, says } of lies) {
    const renewal = await newest(world, name);
    expect.soft(renewal?.failure?.code, name).toBe(code);
    expect.soft(renewal?.failure?.message, name).toMatch(says);
    expect.soft(renewal?.state, name).toBe('awaiting-issuance');
    expect.soft(filesBelow(`${world.directory}/tls/${name}`), name).toEqual(before.get(name));
  }
  // What the tests themselves build is in it: the bombs are packed in this process.
  expect(peak).toBeLessThan(400 * mebibyte);
  for (const path of ['climbed.crt', '../climbed.crt', '../../climbed.crt'])
    expect(existsSync(`${world.directory}/${path}`)).toBe(false);
  expect(simulator.invoices()).toHaveLength(names.length);
  await expectCleanLogs(world);
});
