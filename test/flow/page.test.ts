/** The page of one certificate, from a real renewal: store, files and endpoints as the driver left them. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../src/platform/files.ts';
import { capabilities } from '../../src/providers/rrpproxy/capabilities.ts';
import { certificateStatus, createStatusSource } from '../../src/renewal/status-view.ts';
import { certificatePage, certificatesPage } from '../../src/status/page/index.ts';
import { stateWord } from '../../src/status/state-word.ts';
import { directoryOf, servedWorld } from '../builders/served-world.ts';

test('shows what is on disk, what was done for it, and what the endpoints serve', async () => {
  const world = await servedWorld({ name: 'shop', targets: 2 });
  const health = {
    instance: 'test',
    startedAt: world.clock.now(),
    lastPassAt: world.clock.now(),
    configValid: true,
  };
  const source = createStatusSource(
    world.driver,
    world.store,
    world.clock,
    health,
    () => world.configuration,
    {
      files: nodeFiles,
      capabilities: () => capabilities,
    },
  );
  const leaf = new X509Certificate(readFileSync(`${directoryOf(world)}/cert.pem`));
  const renewal = await world.renewal('shop');

  const detail = await source.certificate('shop', { before: null, limit: 3 });
  const [first, second, ...more] = detail?.history.entries ?? [];
  expect(more).toHaveLength(1);
  expect(first?.sequence).toBeGreaterThan(second?.sequence ?? Number.POSITIVE_INFINITY);
  expect(detail?.history.more).toBe(true);
  const older = await source.certificate('shop', { before: more[0]?.sequence ?? 0, limit: 1000 });
  expect(older?.history.more).toBe(false);
  expect(older?.history.entries[0]?.sequence).toBeLessThan(more[0]?.sequence ?? 0);

  expect(detail).toMatchObject({
    status: { name: 'shop', servedMatches: true, notBefore: leaf.validFromDate, notAfter: leaf.validToDate },
    fileTrouble: null,
    order: { provider: 'cnr', orderId: renewal.orderId },
    clocks: { provedAt: renewal.orderedAt, proofDays: 200 },
    renewals: [{ id: renewal.id, state: 'served', price: renewal.price, receipt: 1 }],
    receipt: { sequence: 1 },
  });
  expect(detail?.chain[0]).toMatchObject({
    serialHex: leaf.serialNumber.toLowerCase(),
    names: ['shop.example.test'],
  });
  expect(detail?.chain.length).toBeGreaterThan(1);
  expect(detail?.endpoints.length).toBeGreaterThan(0);
  expect(detail?.endpoints.every(({ matches }) => matches === true)).toBe(true);
  expect(detail?.directories.map(({ matches, set }) => [matches, set !== null])).toEqual([
    [true, true],
    [true, true],
  ]);
  expect(detail?.steps.map(({ subject }) => subject)).toContain('deployed');
  expect(await source.certificate('nobody', { before: null, limit: 3 })).toBeUndefined();

  const no = new URLSearchParams();
  const page = (await certificatePage(source, 'shop', no))?.body ?? '';
  expect(page).toContain(leaf.serialNumber.toLowerCase());
  expect(page).not.toContain('What to do');
  expect((await certificatesPage(source, no)).body).toContain('href="/certificates/shop"');
});

test('after a reload and before the next pass, what was known of a file is still said; a new one is unseen', async () => {
  const world = await servedWorld({ name: 'shop' });
  await world.configure([{ name: 'shop' }, { name: 'news' }]);
  const now = world.clock.now();
  const shown = () =>
    world.driver.entries().map((entry) => {
      const status = certificateStatus(entry, undefined, now);
      return [status.name, status.notAfter !== null, stateWord(status).word];
    });
  expect(shown()).toEqual([
    ['shop', true, 'valid'],
    ['news', false, 'unseen'],
  ]);
  // Another file: nothing is known of that one.
  const { certificates } = world.configuration;
  const moved = certificates.map((managed) => ({ ...managed, crt: `${managed.crt}.moved` }));
  await world.driver.configure({ ...world.configuration, certificates: moved });
  expect(shown()).toEqual([
    ['shop', false, 'unseen'],
    ['news', false, 'unseen'],
  ]);
});
