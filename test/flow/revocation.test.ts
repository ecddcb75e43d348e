/** A certificate that its CA revoked, and a key that was stolen: what the whole of renewd does about it. */
import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RevocationAnswer, RevocationReader } from '../../src/contracts/revocation.ts';
import { dayMs, hourMs } from '../../src/core/durations.ts';
import type { RevocationDue } from '../../src/core/revocation.ts';
import { plainHttp } from '../../src/platform/plain-http.ts';
import { createRevocationReader } from '../../src/revocation/reader.ts';
import { assertWorld, deployedFingerprint, paidOrders, wholeLedger } from '../builders/assert-world.ts';
import {
  deployedKey,
  revocationCommands,
  revocationsSettled,
  sayCompromised,
} from '../builders/compromise.ts';
import { startLoopback } from '../builders/loopback.ts';
import { newCa, newLeaf, x509 } from '../builders/pki.ts';
import { aCrl, pointers } from '../builders/revocation.ts';
import { createWorld } from '../builders/world.ts';
import { worldStart } from '../builders/world/surroundings.ts';
import type { World } from '../builders/world/contract.ts';
import type { Wanted } from '../builders/inventory.ts';

const reader = (answers: Map<string, Partial<RevocationAnswer>>, asked: string[] = []): RevocationReader => ({
  look({ fingerprint256 }) {
    asked.push(fingerprint256);
    const plain = {
      status: 'good',
      reason: null,
      revokedAt: null,
      source: 'http://crl.test/',
      detail: 'the list',
      offered: true,
    } as const;
    return Promise.resolve({ ...plain, ...answers.get(fingerprint256) });
  },
});

const directoryOf = (world: World, name = 'shop'): string => `${world.directory}/tls/${name}`;
const onDisk = (world: World, name = 'shop'): string => deployedFingerprint(directoryOf(world, name)) ?? '';
const serialOnDisk = (world: World): string =>
  new X509Certificate(readFileSync(`${directoryOf(world)}/cert.pem`)).serialNumber;

const due = async (world: World): Promise<readonly RevocationDue[]> => world.store.revocationsDue();
const allDone = (world: World) => (): Promise<boolean> => revocationsSettled(world);

/** A healthy certificate that renewd itself had. */
async function served(wanted: Wanted, options: Parameters<typeof createWorld>[0] = {}): Promise<World> {
  const world = await createWorld(options);
  await world.configure([wanted]);
  await world.runToRest();
  expect(await world.renewal(wanted.name)).toMatchObject({ state: 'served' });
  return world;
}

const closed = { cron: '0 3 30 2 *', durationMs: hourMs, timezone: 'UTC' };

describe('revoked by its CA', () => {
  test('is replaced at once inside the order, with a fresh key, whatever windows and reuse say', async () => {
    const answers = new Map<string, Partial<RevocationAnswer>>();
    const wanted: Wanted = { name: 'shop', key: { reuse: true } };
    const world = await served(wanted, { revocation: reader(answers) });
    await world.configure([{ ...wanted, windows: { order: [closed], deploy: [closed] } }]);
    const [before, key] = [onDisk(world), deployedKey(world)];
    expect((await world.store.revocations()).map(({ status }) => status)).toEqual(['good']);
    answers.set(before, { status: 'revoked', reason: 'superseded', revokedAt: worldStart });
    world.clock.advance(dayMs + hourMs);
    await world.run(async () => (await world.renewal('shop')).reason === 'revoked');
    const begun = world.clock.now().getTime();
    await world.runToRest();
    expect(world.clock.now().getTime() - begun).toBeLessThan(hourMs);
    expect(await world.renewal('shop')).toMatchObject({
      state: 'served',
      action: 'reissue',
      reason: 'revoked',
      forced: true,
    });
    expect(onDisk(world)).not.toBe(before);
    expect(deployedKey(world)).not.toBe(key);
    expect(paidOrders(world)).toBe(1);
    const told = (await wholeLedger(world)).filter(({ subject }) => subject === 'revocation');
    expect(told).toMatchObject([{ text: expect.stringContaining('revoked (superseded)') }]);
    expect(world.lines.filter((line) => line.includes('the certificate is revoked'))).toHaveLength(1);
    await assertWorld(world);
  });

  test('with a name to add that a reissue cannot bring: one order for both, not one reissue after the other', async () => {
    const answers = new Map<string, Partial<RevocationAnswer>>();
    const world = await served({ name: 'shop' }, { revocation: reader(answers) });
    answers.set(onDisk(world), { status: 'revoked', reason: 'superseded', revokedAt: worldStart });
    world.clock.advance(dayMs + hourMs);
    await world.configure([{ name: 'shop', names: ['shop.example.test', 'new.shop.example.test'] }]);
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({
      state: 'served',
      action: 'create',
      reason: 'revoked',
    });
    expect(await world.store.renewalsOf('shop', 9)).toHaveLength(2);
    expect(paidOrders(world)).toBe(2);
    await assertWorld(world);
  });

  test('found by a real list, signed by its issuer', async () => {
    const revoked: { serial: string; reason: number }[] = [];
    const signal = new AbortController().signal;
    const ca = await newCa('a public CA');
    const hour = (count: number): Date => new Date(world.clock.now().getTime() + count * hourMs);
    const web = await startLoopback(
      (_, response) =>
        void response.end(aCrl(ca, { entries: revoked, thisUpdate: hour(-1), nextUpdate: hour(30) })),
    );
    const world: World = await createWorld({
      revocation: createRevocationReader({
        http: plainHttp,
        clock: { now: () => world.clock.now(), sleep: () => Promise.resolve() },
        signal,
      }),
    });
    await world.seed({ name: 'shop', daysLeft: 150, paidDays: 300 });
    // The reseller knows the key; the certificate on disk is of a CA that keeps a list.
    const pem = readFileSync(`${directoryOf(world)}/privkey.pem`, 'utf8');
    const spki = createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' });
    const publicKey = await new x509.PublicKey(spki).export();
    const leaf = await newLeaf(ca, {
      names: ['shop.example.test'],
      serialNumber: '4a11',
      key: { pem, pair: { publicKey, privateKey: ca.key.pair.privateKey } },
      notBefore: new Date(worldStart.getTime() - dayMs),
      notAfter: new Date(worldStart.getTime() + 150 * dayMs),
      extra: pointers([`${web.url}/1.crl`]),
    });
    for (const [file, text] of [
      ['cert', leaf.pem],
      ['chain', ca.pem],
      ['fullchain', leaf.pem + ca.pem],
      ['combined', pem + leaf.pem + ca.pem],
    ] as const)
      writeFileSync(`${directoryOf(world)}/.current/${file}.pem`, text);
    await world.configure([{ name: 'shop' }]);
    await world.run(async () => (await world.store.revocations()).length === 1);
    expect(await world.store.revocations()).toMatchObject([{ status: 'good', source: `${web.url}/1.crl` }]);
    const before = onDisk(world);
    revoked.push({ serial: '4a11', reason: 1 });
    world.clock.advance(26 * hourMs);
    await world.run(async () => onDisk(world) !== before && (await world.renewal('shop')).state === 'served');
    expect(await world.renewal('shop')).toMatchObject({ action: 'reissue', reason: 'revoked' });
    expect(web.requests).toEqual(['GET /1.crl', 'GET /1.crl']);
  });

  test('what cannot be found out only warns, once, and changes nothing', async () => {
    const answers = new Map<string, Partial<RevocationAnswer>>();
    const asked: string[] = [];
    const world = await served({ name: 'shop' }, { revocation: reader(answers, asked) });
    answers.set(onDisk(world), { status: 'unknown', source: null, detail: 'down' });
    const until = world.clock.now().getTime() + 3 * dayMs;
    await world.run(() => world.clock.now().getTime() > until, { steps: 2000, passEveryMs: hourMs });
    expect(world.driver.entries()[0]?.decision).toMatchObject({ action: 'none', reason: 'healthy' });
    expect(world.driver.entries()[0]?.revocation).toMatchObject({ status: 'unknown', detail: 'down' });
    expect(world.lines.filter((line) => line.includes('could not be found out'))).toHaveLength(1);
    expect((await world.store.renewalsOf('shop', 9)).length).toBe(1);
  });

  test('each is asked about once a day, not more', async () => {
    const asked: string[] = [];
    const world = await served({ name: 'shop' }, { revocation: reader(new Map(), asked) });
    const begin = asked.length;
    const until = world.clock.now().getTime() + 10 * dayMs;
    await world.run(() => world.clock.now().getTime() > until, { steps: 3000, passEveryMs: hourMs });
    expect(asked.length - begin).toBeGreaterThanOrEqual(9);
    expect(asked.length - begin).toBeLessThanOrEqual(14);
  });

  test('without an order the replacement has to pass the limits of spending', async () => {
    const answers = new Map<string, Partial<RevocationAnswer>>();
    const world = await createWorld({ revocation: reader(answers), spend: { cnr: { ordersPerDay: 0 } } });
    await world.seed({ name: 'shop', daysLeft: 100, paidDays: -1 });
    answers.set(onDisk(world), { status: 'revoked' });
    await world.configure([{ name: 'shop' }]);
    await world.run(async () => (await world.store.renewalsOf('shop', 1))[0]?.state === 'blocked');
    expect(await world.renewal('shop')).toMatchObject({
      action: 'create',
      reason: 'revoked',
      failure: { code: 'spend-limit' },
    });
    expect(paidOrders(world)).toBe(0);
  });
});

describe('a stolen key', () => {
  test.each(['cnr', 'inx'] as const)(
    'at %s: a fresh one is served, then the old certificate is revoked, once',
    async (provider) => {
      const wanted: Wanted = { name: 'shop', provider, key: { reuse: true } };
      const world = await served(wanted);
      const [before, key, serial] = [onDisk(world), deployedKey(world), serialOnDisk(world)];
      await sayCompromised(world);
      expect(await due(world)).toMatchObject([
        { fingerprint256: before, state: 'due', serialHex: serial.toLowerCase(), by: 'ada' },
      ]);
      const early: unknown[] = [];
      await world.run(async () => {
        const [row] = await due(world);
        if (onDisk(world) === before && row?.state !== 'due') early.push(row);
        return allDone(world)();
      });
      expect(early, 'nothing is revoked before').toEqual([]);
      await world.runToRest();
      expect(await world.renewal('shop')).toMatchObject({
        state: 'served',
        action: 'reissue',
        reason: 'compromised',
      });
      expect(deployedKey(world)).not.toBe(key);
      expect(await due(world)).toMatchObject([{ state: 'done' }]);
      expect(paidOrders(world)).toBe(1);
      const entries = (await wholeLedger(world)).filter(({ subject }) => subject === 'revoke');
      expect(entries).toMatchObject([
        { kind: 'intent', detail: { reason: 'keyCompromise', by: 'ada' } },
        { kind: 'outcome' },
      ]);
      expect(revocationCommands(world)).toBe(1);
      expect(world.driver.entries()[0]).toMatchObject({ compromise: undefined, revocationsDue: [] });
      await assertWorld(world);
    },
  );

  test('is never used again, although the inventory wants keys reused', async () => {
    const wanted: Wanted = { name: 'shop', key: { reuse: true } };
    const world = await served(wanted);
    const key = deployedKey(world);
    await sayCompromised(world);
    await world.run(allDone(world));
    await world.store.addRequest({
      id: 'q',
      at: world.clock.now(),
      certificate: 'shop',
      kind: 'renew',
      options: {},
      by: 'ada',
    });
    await world.restart();
    await world.runToRest();
    const keys = (await world.store.renewalsOf('shop', 9)).map(({ spkiSha256 }) => spkiSha256);
    expect(keys).toHaveLength(3);
    expect(keys.filter((one) => one === key)).toHaveLength(1);
  });

  test('an order on its way with it is not deployed; its certificate is revoked as well', async () => {
    const wanted: Wanted = { name: 'shop', key: { reuse: true } };
    const world = await served(wanted, { issuanceDelayMs: hourMs });
    const key = deployedKey(world);
    const before = onDisk(world);
    await world.store.addRequest({
      id: 'q',
      at: world.clock.now(),
      certificate: 'shop',
      kind: 'renew',
      options: {},
      by: 'ada',
    });
    await world.driver.configure(world.configuration);
    await world.run(async () => {
      const { state } = await world.renewal('shop');
      return state === 'awaiting-dcv' || state === 'awaiting-issuance';
    });
    expect((await world.renewal('shop')).spkiSha256).toBe(key);
    await sayCompromised(world);
    const wrong: string[] = [];
    await world.run(() => {
      if (onDisk(world) !== before && deployedKey(world) === key) wrong.push(onDisk(world));
      return allDone(world)();
    });
    expect(wrong, 'deployed with the stolen key').toEqual([]);
    await world.runToRest();
    const states = (await world.store.renewalsOf('shop', 9)).map(({ state }) => state);
    expect(states).toEqual(['served', 'superseded', 'served']);
    expect((await due(world)).map(({ state }) => state)).toEqual(['done', 'done']);
    expect(deployedKey(world)).not.toBe(key);
    await assertWorld(world);
  });

  test('while no endpoint serves the successor nothing is revoked', async () => {
    const world = await served({ name: 'shop' });
    await sayCompromised(world);
    world.command.mood = 'sleeps';
    const until = world.clock.now().getTime() + 4 * hourMs;
    await world.run(() => world.clock.now().getTime() > until);
    expect(await world.renewal('shop')).toMatchObject({ state: 'verified', reason: 'compromised' });
    expect(await due(world)).toMatchObject([{ state: 'due', attempts: 0 }]);
    expect(revocationCommands(world)).toBe(0);
    world.command.mood = 'works';
    await world.run(allDone(world));
    expect(revocationCommands(world)).toBe(1);
  });

  test('a provider that cannot: a person is told exactly what to do, once', async () => {
    const world = await served({ name: 'shop', provider: 'hx' });
    const serial = serialOnDisk(world).toLowerCase();
    await sayCompromised(world);
    await world.run(allDone(world));
    const [row] = await due(world);
    expect(row?.state).toBe('person');
    expect(row?.detail).toContain(serial);
    expect(row?.detail).toContain('renewd compromise shop --revoked');
    for (let count = 0; count < 20; count += 1) await world.step();
    expect(
      world.lines.filter((line) => line.includes('a person has to have a certificate revoked')),
    ).toHaveLength(1);
  });

  test('a certificate that renewd did not order: its order is found by the key, reissued and revoked', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: 150, paidDays: 300 });
    await world.configure([{ name: 'shop' }]);
    await world.step();
    const before = onDisk(world);
    await sayCompromised(world);
    await world.run(allDone(world));
    expect(onDisk(world)).not.toBe(before);
    expect(await world.renewal('shop')).toMatchObject({ state: 'served', action: 'reissue' });
    expect(await due(world)).toMatchObject([{ state: 'done' }]);
    expect(paidOrders(world)).toBe(0);
  });

  test('failures of the provider are tried again', async () => {
    const world = await served({ name: 'shop' });
    let down = 3;
    world.interfere((vendor, command) => {
      if (!/RevokeCertificate/.test(command) || down === 0) return undefined;
      down -= 1;
      return { vendor, kind: 'code', code: '421' };
    });
    await sayCompromised(world);
    await world.run(allDone(world), { steps: 1000 });
    expect(await due(world)).toMatchObject([{ state: 'done' }]);
    expect(down).toBe(0);
    expect(world.clock.now().getTime()).toBeLessThan(worldStart.getTime() + dayMs);
  });
});

test('while a successor is on its way, nothing is begun that could only wait: the loop can sleep', async () => {
  const world = await createWorld({ issuanceDelayMs: hourMs });
  await world.seed({ name: 'shop', daysLeft: 150, paidDays: 300 });
  await world.configure([{ name: 'shop' }]);
  await world.runToRest();
  await sayCompromised(world);
  await world.run(async () => (await world.store.renewalsOf('shop', 1))[0]?.state === 'awaiting-issuance');
  const now = world.clock.now();
  let ended = 0;
  world.driver.onProgress(() => {
    ended += 1;
  });
  for (let turn = 0; turn < 20; turn += 1) {
    await world.driver.advanceDue();
    await world.driver.idle();
  }
  expect(world.clock.now()).toEqual(now);
  // The order itself may be asked about once, and the queue of events.
  expect(ended).toBeLessThan(4);
  await world.run(allDone(world));
  expect(revocationCommands(world)).toBe(1);
  await assertWorld(world);
});
