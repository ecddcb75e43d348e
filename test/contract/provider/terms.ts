import { effectOf } from '../../../src/contracts/capabilities.ts';
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { dayMs } from '../../../src/core/durations.ts';
import { generateKey } from '../../../src/pki/keys.ts';
import type { Subject } from '../provider.ts';
import { chargesOf } from './vendor.ts';
import { expectIssued, never, paidDays } from './world.ts';

export function termTests(subject: Subject): void {
  const { vendor } = subject;
  const { capabilities } = vendor.manifest;
  const { commands } = vendor;

  test('one submission is one order, one invoice, one request', async ({ skip }) => {
    if (vendor.held !== undefined) skip('nothing can be bought');
    const world = await subject.world();
    const placed = await world.place();
    expect(world.simulator.invoices()).toHaveLength(1);
    expect(world.history(commands.create)).toHaveLength(1);
    const issued = await world.finish(placed);
    await world.provider.read(issued.handle, never);
    expect(world.simulator.invoices()).toHaveLength(1);
    expect(world.history(commands.create)).toHaveLength(1);
    expect(Math.abs(paidDays(world.clock, issued) - capabilities.termDays)).toBeLessThan(2);
    expect(issued.paidUntil?.getUTCMilliseconds()).toBe(0);
  });

  test('a reissue is another leaf for the new key inside the paid term, and no invoice', async () => {
    const world = await subject.world();
    const first = await world.buy();
    world.clock.advance(60 * dayMs);
    const second = await world.buy({ action: 'reissue', previous: first.issued.handle });
    expect(second.spkiSha256).not.toBe(first.spkiSha256);
    const [before, after] = [first, second].map(({ issued }) => new X509Certificate(issued.leafPem ?? ''));
    expect(after?.serialNumber).not.toBe(before?.serialNumber);
    const gainMs = (after?.validToDate.getTime() ?? Number.NaN) - (before?.validToDate.getTime() ?? 0);
    expect(gainMs > 0 ? 'new' : 'unchanged').toBe(effectOf(capabilities, 'reissue')?.notAfter);
    // Told the same, or not told: then the ledger's date stays.
    expect(second.issued.paidUntil ?? first.issued.paidUntil).toEqual(first.issued.paidUntil);
    expect(world.simulator.invoices()).toHaveLength(chargesOf(vendor));
    const sent = [...world.history(commands.reissue), ...world.history(commands.create)];
    expect(new Set(sent)).toHaveProperty('size', 2);
    const sameId = second.issued.handle.certificateId === first.issued.handle.certificateId;
    expect(sameId ? 'unchanged' : 'new').toBe(effectOf(capabilities, 'reissue')?.certificateId);
    expect(capabilities.verbs.reissue).toMatchObject({ invoice: 'free', paidUntil: 'unchanged' });
  });

  test('a leaf ends with the paid term at the latest', async ({ skip }) => {
    if (vendor.held !== undefined) skip('nothing can be bought');
    const world = await subject.world();
    const first = await world.buy();
    world.clock.advance(300 * dayMs);
    const second = await world.buy({ action: 'reissue', previous: first.issued.handle });
    const leaf = new X509Certificate(second.issued.leafPem ?? '');
    const paidUntilMs = (second.issued.paidUntil ?? first.issued.paidUntil)?.getTime() ?? 0;
    const pastTermMs = leaf.validToDate.getTime() - paidUntilMs;
    // Dates of the API may be hours early (see the provider's README.md); a year would show.
    expect(pastTermMs).toBeLessThan(dayMs);
    expect((paidUntilMs - world.clock.now().getTime()) / dayMs).toBeGreaterThan(60);
  });

  test('while a reissue waits, the earlier leaf is not taken for the new one', async () => {
    const world = await subject.world();
    const first = await world.buy();
    world.clock.advance(30 * dayMs);
    const second = await world.place({ action: 'reissue', previous: first.issued.handle });
    const waiting = await world.provider.read(second.reading.handle, never);
    expect(waiting.status).toBe('pending');
    expect(waiting.leafPem).toBeUndefined();
    expectIssued(world.sandbox, second, await world.finish(second));
  });

  test('a reissue may keep the key, where the inventory wants that', async () => {
    const world = await subject.world();
    const key = await generateKey('ecdsa-p256');
    const first = await world.buy({ key });
    world.clock.advance(60 * dayMs);
    const second = await world.buy({ key, action: 'reissue', previous: first.issued.handle });
    expect(new X509Certificate(second.issued.leafPem ?? '').serialNumber).not.toBe(
      new X509Certificate(first.issued.leafPem ?? '').serialNumber,
    );
  });

  test('a renewal is charged once and pays for a later end', async ({ skip }) => {
    if (effectOf(capabilities, 'renew') === undefined) skip('the provider renews nothing');
    const world = await subject.world();
    const first = await world.buy();
    world.clock.advance(Math.max(vendor.daysUntilRenewal, 60) * dayMs);
    const second = await world.buy({ action: 'renew', previous: first.issued.handle });
    expect(world.simulator.invoices()).toHaveLength(2);
    expect(world.history(commands.renew)).toHaveLength(1);
    const gainMs = (second.issued.paidUntil?.getTime() ?? 0) - (first.issued.paidUntil?.getTime() ?? 0);
    expect(gainMs).toBeGreaterThan(50 * dayMs);
    expect(capabilities.verbs.renew).toMatchObject({ invoice: 'charged', paidUntil: 'new' });
    const sameId = second.issued.handle.certificateId === first.issued.handle.certificateId;
    expect(sameId ? 'unchanged' : 'new').toBe(effectOf(capabilities, 'renew')?.certificateId);
  });

  test('a renewal before its time is refused, and not charged', async ({ skip }) => {
    if (capabilities.renewWindowDays === undefined) skip('the provider declares no renewal window');
    const world = await subject.world();
    const first = await world.buy();
    const early = world.place({ action: 'renew', previous: first.issued.handle });
    await world.failure(early, 'conflict');
    expect(world.simulator.invoices()).toHaveLength(1);
  });

  test('what is declared about prices is what is there', async () => {
    const world = await subject.world();
    expect(world.provider.preview !== undefined).toBe(capabilities.pricePreview);
  });

  test.skipIf(!capabilities.pricePreview).each([
    ['one name', ['shop.example.test']],
    ['a host and its www', ['shop.example.test', 'www.shop.example.test']],
    ['several names', ['one.example.test', 'other.example.test', 'third.example.test']],
  ])('the price that was told for %s is the price that is charged', async (_, names) => {
    const world = await subject.world();
    const wanted = { names, product: vendor.several };
    const { request } = await world.request(wanted);
    const price = await world.provider.preview?.(request, never);
    expect(price).toBeDefined();
    expect(world.simulator.invoices()).toEqual([]);
    expect(world.sandbox.ca.orders()).toEqual([]);
    const first = await world.buy(wanted);
    expect(charged(world.simulator.invoices()[0])).toEqual(price);
    world.clock.advance(Math.max(vendor.daysUntilRenewal, 60) * dayMs);
    const renewal = { ...wanted, action: 'renew', previous: first.issued.handle } as const;
    const renewalPrice = await world.provider.preview?.((await world.request(renewal)).request, never);
    await world.buy(renewal);
    expect(renewalPrice).toBeDefined();
    expect(charged(world.simulator.invoices()[1])).toEqual(renewalPrice);
  });
}

function charged(row: { price: number; currency: string } | undefined): unknown {
  return row === undefined ? undefined : { hundredths: Math.round(row.price * 100), currency: row.currency };
}
