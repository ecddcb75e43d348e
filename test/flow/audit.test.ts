/** What the verifier finds when something is changed after a renewal was served. */
import {
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { generateKey } from '../../src/pki/keys.ts';
import { directoryOf, newestReceipt, servedWorld, verify } from '../builders/served-world.ts';
import type { World } from '../builders/world/contract.ts';

describe('the verifier', () => {
  test('finds nothing where nothing was changed, and names the head', async () => {
    const world = await servedWorld({ name: 'shop', targets: 2 });
    const report = await verify(world, { certificate: 'shop' });
    expect(report).toMatchObject({
      ok: true,
      receipts: 1,
      head: { sequence: 1, hash: (await world.store.newestReceipt('shop'))?.hash },
      problems: [],
      certificates: [
        { certificate: 'shop', newest: 1, receipts: 1, filesCompared: 10, renewalsWithout: 0, notes: [] },
      ],
    });
  });

  const end = '\n-----END';
  const spoil: readonly (readonly [
    what: string,
    file: string,
    change: (path: string) => void,
    found: RegExp,
  ])[] = [
    [
      'a byte of the leaf',
      'cert.pem',
      (path) => writeFileSync(path, readFileSync(path, 'latin1').replace(end, `x${end}`)),
      /changed since .* \(by whom is not known\): SHA-256/,
    ],
    ['a file that is gone', 'chain.pem', (path) => unlinkSync(path), /is gone since/],
    [
      'a line more',
      'fullchain.pem',
      (path) => writeFileSync(path, `${readFileSync(path, 'latin1')}\n`),
      /changed since/,
    ],
    ['a key that is none', 'privkey.pem', (path) => writeFileSync(path, 'x'), /changed since/],
    ['an empty key', 'privkey.pem', (path) => writeFileSync(path, ''), /holds no private key that works/],
    [
      'what is above all bounds',
      'combined.pem',
      (path) => writeFileSync(path, Buffer.alloc(2 * 1024 * 1024)),
      /cannot be read/,
    ],
  ];

  test.each(spoil)('finds %s', async (_what, file, change, found) => {
    const world = await servedWorld();
    const path = `${directoryOf(world)}/${file}`;
    change(`${directoryOf(world)}/.current/${file}`);
    const { ok, problems } = await verify(world);
    expect(ok).toBe(false);
    expect(problems).toEqual([{ certificate: 'shop', subject: 'file', text: expect.stringContaining(path) }]);
    expect(problems[0]?.text).toMatch(found);
  });

  test('finds another key that works, in both files that hold it, and calls it by its public half', async () => {
    const world = await servedWorld();
    const directory = `${directoryOf(world)}/.current`;
    const other = await generateKey('ecdsa-p256');
    writeFileSync(`${directory}/privkey.pem`, other.pem);
    writeFileSync(
      `${directory}/combined.pem`,
      other.pem + readFileSync(`${directory}/fullchain.pem`, 'latin1'),
    );
    const { problems } = await verify(world);
    expect(problems.map(({ subject }) => subject)).toEqual(['file', 'file']);
    for (const { text } of problems) expect(text).toContain(`its private key belongs to ${other.spkiSha256}`);
  });

  test('finds a stable name that leads elsewhere', async () => {
    const world = await servedWorld();
    const directory = directoryOf(world);
    const copy = `${world.directory}/other.pem`;
    writeFileSync(copy, 'other');
    unlinkSync(`${directory}/cert.pem`);
    symlinkSync(copy, `${directory}/cert.pem`);
    expect((await verify(world)).problems).toMatchObject([{ subject: 'file' }]);
  });

  test('finds another set that was made current by hand, and says which', async () => {
    const world = await servedWorld();
    const directory = directoryOf(world);
    const [version = ''] = readdirSync(`${directory}/.sets`);
    cpSync(`${directory}/.sets/${version}`, `${directory}/.sets/copy`, { recursive: true });
    writeFileSync(`${directory}/.sets/copy/cert.pem`, 'other');
    symlinkSync('.sets/copy', `${directory}/.new`);
    renameSync(`${directory}/.new`, `${directory}/.current`);
    const { problems, certificates } = await verify(world);
    expect(problems).toMatchObject([
      { subject: 'file', text: expect.stringContaining(`${directory}/cert.pem`) },
    ]);
    expect(certificates[0]?.notes).toEqual([
      `${directory}: the set copy is current, not ${version} of the receipt`,
    ]);
  });

  test.each([
    ['is missing', (path: string) => unlinkSync(path)],
    ['is damaged', (path: string) => writeFileSync(path, 'x')],
  ])('finds that the key in the key directory %s', async (_, change) => {
    const world = await servedWorld();
    const { keyId } = await newestReceipt(world);
    change(`${world.keysDirectory}/${keyId}.pem`);
    expect((await verify(world)).problems).toMatchObject([{ certificate: 'shop', subject: 'key' }]);
  });

  test('compares with its own set what is being replaced at this moment', async () => {
    const world = await servedWorld();
    const before = await newestReceipt(world);
    world.command.mood = 'sleeps';
    const at = world.clock.now();
    await world.store.addRequest({
      id: 'q1',
      at,
      certificate: 'shop',
      kind: 'renew',
      options: { action: 'reissue' },
      by: 'ada',
    });
    await world.restart();
    await world.run(async () => (await world.renewal('shop')).state === 'verified');
    const directory = directoryOf(world);
    const newer = readdirSync(`${directory}/.sets`).find((name) => name !== before.deployments[0]?.set);
    symlinkSync(`.sets/${newer}`, `${directory}/.new`);
    renameSync(`${directory}/.new`, `${directory}/.current`);
    const report = await verify(world);
    expect(report).toMatchObject({ ok: true, problems: [] });
    expect(report.certificates[0]?.notes[0]).toContain(`a newer set (${newer}) is being put in place`);
  });

  test('leaves alone what the inventory no longer names, and says so', async () => {
    const world = await servedWorld();
    const directory = directoryOf(world);
    rmSync(directory, { recursive: true });
    await world.configure([{ name: 'mail' }]);
    const report = await verify(world, { certificate: 'shop' });
    expect(report.ok).toBe(true);
    expect(report.certificates[0]?.notes).toEqual([
      `${directory} is no longer in the inventory; its files are not looked at`,
    ]);
  });

  function behindTheStore(world: World, sql: string): void {
    const database = new DatabaseSync(world.configuration.store.sqlite);
    database.exec('PRAGMA busy_timeout = 5000');
    for (const table of ['ledger', 'receipts']) {
      for (const trigger of ['no_update', 'no_delete'])
        database.exec(`DROP TRIGGER IF EXISTS ${table}_${trigger}`);
    }
    database.exec(sql);
    database.close();
  }

  test.each([
    [
      'an entry that is gone',
      `DELETE FROM ledger WHERE subject = 'verified'`,
      /made over \d+ entries of the history, and there are \d+/,
    ],
    [
      'a sum that was changed',
      'UPDATE ledger SET charged_hundredths = 1 WHERE charged_hundredths > 0',
      /are not those/,
    ],
    ['a moment that was changed', `UPDATE ledger SET at = at - 1 WHERE subject = 'issued'`, /are not those/],
    ['all of them gone', `DELETE FROM ledger WHERE subject <> 'receipt'`, /and there are 0/],
  ])('finds %s in the history', async (_, sql, found) => {
    const world = await servedWorld();
    behindTheStore(world, sql);
    const { problems } = await verify(world, { certificate: 'shop' });
    expect(problems).toMatchObject([
      { certificate: 'shop', subject: 'ledger', text: expect.stringMatching(found) },
    ]);
  });

  test('does not hold later entries against a receipt', async () => {
    const world = await servedWorld();
    const { renewal } = await newestReceipt(world);
    const [entry] = await world.store.ledger({ renewalId: renewal.id, limit: 1 });
    if (entry === undefined) throw new Error('no entry');
    await world.store.appendLedger([{ ...entry, subject: 'revoke' }]);
    expect((await verify(world)).ok).toBe(true);
  });

  test('misses a receipt that was cut off, by the history; and if that was cut too, by the kept head', async () => {
    const world = await servedWorld();
    const kept = (await verify(world)).head?.hash ?? '';
    expect(await verify(world, { keptHash: kept })).toMatchObject({
      ok: true,
      kept: { sequence: 1, since: 0 },
    });
    behindTheStore(world, 'DELETE FROM receipts');
    expect((await verify(world)).problems).toMatchObject([{ certificate: 'shop', subject: 'receipt' }]);
    behindTheStore(world, 'DELETE FROM ledger');
    expect(await verify(world)).toMatchObject({ ok: true, receipts: 0 });
    expect((await verify(world, { keptHash: kept })).problems).toMatchObject([
      { certificate: null, subject: 'chain', text: expect.stringContaining(kept) },
    ]);
  });

  test('finds an older head in a chain that has grown', async () => {
    const world = await servedWorld();
    const kept = (await verify(world)).head?.hash ?? '';
    await world.configure([{ name: 'shop' }, { name: 'mail' }]);
    await world.runToRest();
    expect(await verify(world, { keptHash: kept })).toMatchObject({
      ok: true,
      receipts: 2,
      kept: { sequence: 1, since: 1 },
    });
    // The whole chain counts, whatever is asked about.
    behindTheStore(
      world,
      `UPDATE receipts SET content = replace(content, 'cnr', 'xxx') WHERE certificate = 'mail'`,
    );
    expect(await verify(world, { certificate: 'shop' })).toMatchObject({
      ok: false,
      receipts: 1,
      break: { place: 2, differs: 'hash' },
    });
  });

  test('says which renewals are older than receipts', async () => {
    const world = await servedWorld();
    behindTheStore(world, `DELETE FROM receipts; DELETE FROM ledger WHERE subject = 'receipt'`);
    expect(await verify(world)).toMatchObject({
      ok: true,
      certificates: [{ certificate: 'shop', newest: null, renewalsWithout: 1 }],
    });
  });
});
