/** From an issued certificate to a served one, and back: reloads that fail, servers that do not read, disks that drift. */
import { rmSync, readFileSync, writeFileSync, unlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hourMs } from '../../src/core/durations.ts';
import { assertWorld, deployedFingerprint, paidOrders } from '../builders/assert-world.ts';
import { stageName } from '../builders/inventory.ts';
import { createWorld } from '../builders/world.ts';
import type { World } from '../builders/world/contract.ts';

async function endingSoon(): Promise<World> {
  const world = await createWorld();
  await world.seed({ name: 'shop', daysLeft: 12, paidDays: 180 });
  return world;
}

async function failureOf(world: World): Promise<string | undefined> {
  const [newest] = await world.store.renewalsOf('shop', 1);
  return newest?.failure?.code;
}

function directoryOf(world: World): string {
  return world.managed('shop').deploy[0]?.directory ?? '';
}

describe('the service', () => {
  test('a reload that fails: the previous set is put back, later it works', async () => {
    const world = await endingSoon();
    world.command.mood = 'fails';
    await world.configure([{ name: 'shop' }]);
    const old = deployedFingerprint(directoryOf(world));
    await world.run(async () => (await failureOf(world)) === 'reload-failed');
    expect(deployedFingerprint(directoryOf(world))).toBe(old);
    expect(world.stage.serves('shop-0.tls.test')).toBe(old);
    // Once with the new set, once more with the old one.
    expect(world.command.runs.length).toBe(2);
    world.command.mood = 'works';
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    expect(world.sandbox.ca.orders().length).toBe(1);
    await assertWorld(world);
  });

  test('an endpoint that goes on serving the old one: put back, told, tried again', async () => {
    const world = await endingSoon();
    world.command.mood = 'sleeps';
    await world.configure([{ name: 'shop' }]);
    const old = deployedFingerprint(directoryOf(world));
    await world.run(async () => (await failureOf(world)) === 'not-served');
    expect(deployedFingerprint(directoryOf(world))).toBe(old);
    expect((await world.renewal('shop')).state).toBe('verified');
    world.command.mood = 'works';
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    await assertWorld(world);
  });

  test('one that never reloads: attempts become rare, nothing is ordered again', async () => {
    const world = await endingSoon();
    world.command.mood = 'fails';
    await world.configure([{ name: 'shop' }]);
    await world.run(async () => (await failureOf(world)) === 'reload-failed');
    const from = world.clock.now().getTime();
    await world.run(() => world.clock.now().getTime() > from + 12 * hourMs);
    expect(world.command.runs.length).toBeLessThan(60);
    expect(world.command.runs.length).toBeGreaterThan(20);
    expect(world.sandbox.ca.orders().length).toBe(1);
    await assertWorld(world);
  });

  test('a very first certificate stays in place when it is not served yet', async () => {
    const world = await createWorld();
    world.command.mood = 'sleeps';
    await world.configure([{ name: 'shop' }]);
    await world.run(async () => (await failureOf(world)) === 'not-served');
    expect(deployedFingerprint(directoryOf(world))).toBe((await world.renewal('shop')).fingerprint256);
    world.command.mood = 'works';
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    await assertWorld(world);
  });

  test('an expired set is no refuge: it is not put back', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: -1, paidDays: 180 });
    world.command.mood = 'sleeps';
    await world.configure([{ name: 'shop' }]);
    await world.run(async () => (await failureOf(world)) === 'not-served');
    expect(deployedFingerprint(directoryOf(world))).toBe((await world.renewal('shop')).fingerprint256);
    world.command.mood = 'works';
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    await assertWorld(world);
  });

  test('two directories: the second that cannot reload leaves both with pairs', async () => {
    const world = await endingSoon();
    const run = world.command.run.bind(world.command);
    let broken = true;
    world.command.run = (argv, options) =>
      broken && argv[1] === stageName('shop', 1)
        ? Promise.resolve({ exitCode: 1, signal: null, timedOut: false, stdout: '', stderr: 'no' })
        : run(argv, options);
    await world.configure([{ name: 'shop', targets: 2 }]);
    await world.run(async () => (await failureOf(world)) === 'reload-failed');
    broken = false;
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    await assertWorld(world);
  });

  test('a server that forgets what it was told is found within hours and told again', async () => {
    const world = await createWorld();
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    await world.seed({ name: 'other', daysLeft: 10, paidDays: 20 });
    world.stage.load('shop-0.tls.test', `${world.directory}/tls/other`);
    world.clock.advance(2 * hourMs);
    await world.run(async () => (await world.renewal('shop')).action === 'deploy');
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({
      action: 'deploy',
      reason: 'not-served',
      state: 'served',
    });
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });
});

describe('the disk', () => {
  async function served(targets = 1): Promise<World> {
    const world = await createWorld();
    await world.configure([{ name: 'shop', targets }]);
    await world.runToRest();
    return world;
  }

  /** Turns until what was broken is deployed again from what was issued, without another order. Returns why. */
  async function mended(world: World): Promise<string> {
    await world.run(async () => (await world.renewal('shop')).action === 'deploy');
    await world.runToRest();
    const { reason, action, state } = await world.renewal('shop');
    expect({ action, state }).toEqual({ action: 'deploy', state: 'served' });
    expect(world.sandbox.ca.orders().length).toBe(1);
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
    return reason;
  }

  test('a deleted directory is deployed again, and nothing is ordered', async () => {
    const world = await served();
    rmSync(directoryOf(world), { recursive: true });
    expect(await mended(world)).toBe('crt-missing');
  });

  test('so is a truncated certificate', async () => {
    const world = await served();
    const path = `${directoryOf(world)}/fullchain.pem`;
    const text = readFileSync(path, 'latin1');
    unlinkSync(path);
    writeFileSync(path, text.slice(0, 500));
    world.clock.advance(hourMs);
    expect(await mended(world)).toBe('crt-broken');
  });

  test('and a private key that is gone', async () => {
    const world = await served();
    unlinkSync(`${directoryOf(world)}/privkey.pem`);
    world.clock.advance(2 * hourMs);
    expect(await mended(world)).toBe('key-mismatch');
  });

  test('and a second directory that was emptied', async () => {
    const world = await served(2);
    rmSync(world.managed('shop').deploy[1]?.directory ?? '', { recursive: true });
    expect(await mended(world)).toBe('disk-drift');
  });

  test('a further file that is named anew or removed is put in place, once', async () => {
    const world = await served();
    const store = { password: { env: 'P12_PASSWORD' }, profile: 'modern', alias: 'shop' } as const;
    const files = [
      { name: 'shop.p12', format: 'pkcs12', ...store },
      { name: 'trust.p12', format: 'truststore', ...store },
    ] as const;
    await world.configure([{ name: 'shop', target: { files } }]);
    expect(await mended(world)).toBe('disk-drift');
    const [before, runs] = [readFileSync(`${directoryOf(world)}/shop.p12`), world.command.runs.length];
    world.clock.advance(2 * hourMs);
    await world.runToRest();
    expect(world.command.runs.length).toBe(runs);
    unlinkSync(`${directoryOf(world)}/shop.p12`);
    await world.run(() => world.command.runs.length > runs);
    await world.runToRest();
    expect(readFileSync(`${directoryOf(world)}/shop.p12`)).toEqual(before);
    await assertWorld(world);
  });

  test('a password that cannot be read: nothing is touched, and later it works', async () => {
    const world = await endingSoon();
    const password = { file: `${world.directory}/p12-password` };
    const files = [{ name: 'a.p12', format: 'pkcs12', password, profile: 'legacy', alias: 'shop' }] as const;
    await world.configure([{ name: 'shop', target: { files } }]);
    const old = deployedFingerprint(directoryOf(world));
    await world.run(async () => (await failureOf(world)) === 'secret-unreadable');
    expect(deployedFingerprint(directoryOf(world))).toBe(old);
    writeFileSync(password.file, 'changeit');
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    expect(world.sandbox.ca.orders().length).toBe(1);
    await assertWorld(world);
  });

  test('and an older certificate that somebody copied back', async () => {
    const world = await endingSoon();
    await world.configure([{ name: 'shop' }]);
    const directory = directoryOf(world);
    const old = ['privkey.pem', 'cert.pem', 'chain.pem', 'fullchain.pem', 'combined.pem'].map(
      (name) => [name, readFileSync(`${directory}/${name}`)] as const,
    );
    await world.runToRest();
    rmSync(directory, { recursive: true });
    await world.seed({ name: 'unused', daysLeft: 1, paidDays: 1, deployed: false });
    const { mkdirSync } = await import('node:fs');
    mkdirSync(directory);
    for (const [name, content] of old) writeFileSync(`${directory}/${name}`, content, { mode: 0o600 });
    await world.run(async () => (await world.renewal('shop')).action === 'deploy');
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({ reason: 'disk-drift', state: 'served' });
    expect(world.sandbox.ca.orders().length).toBe(1);
    await assertWorld(world);
  });

  test('a proof by file survives a restart between publishing and the CA’s look', async () => {
    const world = await createWorld({ issuanceDelayMs: hourMs });
    await world.configure([
      { name: 'shop', provider: 'inx', dcv: { method: 'file', publisher: 'responder' } },
    ]);
    await world.run(async () => (await world.renewal('shop')).state === 'awaiting-issuance');
    await world.restart();
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    await assertWorld(world);
  });
});
