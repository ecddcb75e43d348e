import { expect, test } from 'vitest';
import { RenewdError } from '../../../src/core/errors.ts';
import type { Subject } from '../provider.ts';
import { chargesOf } from './vendor.ts';
import type { Challenge } from '../../../src/core/challenge.ts';
import { expectIssued, never, type Placed, type World } from './world.ts';

export function challengeTests(subject: Subject): void {
  const { vendor } = subject;
  const { capabilities } = vendor.manifest;
  const { products } = vendor;

  /** With the answer to the order, or else in the first look at it. */
  async function challengesOf(
    world: World,
    { reading }: Pick<Placed, 'reading'>,
  ): Promise<readonly Challenge[]> {
    if (vendor.lacks?.includes('challenges') !== true) return reading.challenges;
    expect(reading.challenges).toEqual([]);
    return (await world.provider.read(reading.handle, never)).challenges;
  }

  test('dns: nothing before the record is there, then our leaf and a chain to the root', async () => {
    const world = await subject.world();
    const recordType = capabilities.recordTypes.includes('txt') ? 'TXT' : 'CNAME';
    const placed = await world.place();
    const asked = await challengesOf(world, placed);
    await world.sandbox.tick();
    const before = await world.provider.read(placed.reading.handle, never);
    expect(before).toMatchObject({ status: 'pending' });
    expect(before.leafPem).toBeUndefined();
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((one) => one.kind === 'dns' && one.recordType === recordType)).toBe(true);
    // Asked for once, and asked for the same while it waits.
    expect(new Set(asked.map((one) => JSON.stringify(one))).size).toBe(asked.length);
    const places = (list: typeof asked): unknown =>
      new Set(list.map((one) => one.kind === 'dns' && `${one.recordName} ${one.value}`));
    expect(places(before.challenges)).toEqual(places(asked));
    expectIssued(world.sandbox, placed, await world.finish(placed));
  });

  test('dns CNAME', async ({ skip }) => {
    if (!capabilities.recordTypes.includes('cname')) skip('the provider declares no CNAME records');
    if (vendor.lacks?.includes('cname') === true) skip('no product that can be ordered asks for them');
    const world = await subject.world();
    const placed = await world.place({
      product: products.cname,
      record: 'cname',
      names: ['shop.example.test'],
    });
    const asked = await challengesOf(world, placed);
    const issued = await world.finish(placed);
    expect(asked.map((one) => one.kind === 'dns' && one.recordType)).toContain('CNAME');
    expectIssued(world.sandbox, placed, issued);
  });

  test('file', async ({ skip }) => {
    if (!capabilities.dcvMethods.includes('file')) skip('the provider declares no file validation');
    const world = await subject.world();
    const placed = await world.place({ method: 'file', product: vendor.several });
    const asked = await challengesOf(world, placed);
    expectIssued(world.sandbox, placed, await world.finish(placed));
    expect(asked.map((one) => one.kind)).toEqual(asked.map(() => 'file'));
    const hosts = asked.map((one) => one.kind === 'file' && one.host);
    // A file proves the very host it lies on, so each name has its own.
    expect(hosts).toEqual(expect.arrayContaining(['shop.example.test', 'www.shop.example.test']));
  });

  test('e-mail: waits for a person, and is issued when the link was followed', async ({ skip }) => {
    if (!capabilities.dcvMethods.includes('email')) skip('the provider declares no e-mail validation');
    const world = await subject.world();
    const wanted = { method: 'email', names: ['shop.example.test'] } as const;
    const usual = 'hostmaster@shop.example.test';
    const { request } = await world.request({ ...wanted, approver: usual });
    const offered = await world.provider.approvers?.(request, never);
    const unlisted = vendor.lacks?.includes('approvers') === true;
    const approver = unlisted ? usual : offered?.at(-1);
    expect(offered?.length ?? 0).toBeGreaterThan(unlisted ? -1 : 1);
    const placed = await world.place({ ...wanted, ...(approver === undefined ? {} : { approver }) });
    await world.sandbox.tick();
    const waiting = await world.provider.read(placed.reading.handle, never);
    expect(waiting.status).toBe('pending');
    const mailed = waiting.challenges.flatMap((one) => (one.kind === 'email' ? one.addresses : []));
    expect(mailed).toContain(approver);
    // The CA wrote to the address that was asked for.
    const requirements = world.sandbox.ca.orders().flatMap((order) => order.request.requirements);
    expect(requirements.map((one) => one.kind === 'email' && one.address)).toContain(approver);
    expectIssued(world.sandbox, placed, await world.finish({ reading: waiting }));
  });

  test('wildcard and apex in one order', async () => {
    const world = await subject.world();
    const names = ['*.shop.example.test', 'shop.example.test'];
    const placed = await world.place({ names, product: products.wildcard });
    const asked = await challengesOf(world, placed);
    const issued = await world.finish(placed);
    expectIssued(world.sandbox, placed, issued);
    expect(issued.names).toEqual(expect.arrayContaining(names));
    expect(world.simulator.invoices()).toHaveLength(chargesOf(vendor));
    // No record can lie at a wildcard.
    expect(JSON.stringify(asked)).not.toMatch(/"recordName":"[^"]*\*/);
  });

  test('names that have nothing to do with each other in one order', async () => {
    const world = await subject.world();
    const names = ['one.example.test', 'other.example.test'];
    const placed = await world.place({ names, product: vendor.several });
    const asked = await challengesOf(world, placed);
    const issued = await world.finish(placed);
    expectIssued(world.sandbox, placed, issued);
    expect(issued.names).toEqual(expect.arrayContaining(names));
    const places = asked.map((one) => one.kind === 'dns' && one.recordName);
    expect(new Set(places).size).toBe(2);
  });

  test('names beyond ASCII as A-labels, and found as such', async () => {
    const world = await subject.world();
    const names = ['xn--bcher-kva.example.test', 'www.xn--bcher-kva.example.test'];
    const placed = await world.buy({ names });
    expect(placed.issued.names).toEqual(expect.arrayContaining(names));
    const found = await world.find(placed);
    expect(found.matches.map((match) => match.spkiSha256)).toEqual([placed.spkiSha256]);
  });

  test('a proof that is already there is looked at when asked to', async () => {
    const world = await subject.world();
    const placed = await world.place();
    world.prove(await challengesOf(world, placed));
    await world.provider.retryValidation(placed.reading.handle, never);
    if (vendor.lacks?.includes('retry') === true) await world.sandbox.tick();
    const issued = await world.provider.read(placed.reading.handle, never);
    expectIssued(world.sandbox, placed, issued);
    // Done already: asking again harms nothing.
    const again = await world.provider.retryValidation(placed.reading.handle, never).then(
      () => 'quiet',
      (thrown: unknown) => (thrown instanceof RenewdError ? thrown.kind : thrown),
    );
    expect(['quiet', 'conflict']).toContain(again);
    expect(await world.provider.read(placed.reading.handle, never)).toEqual(issued);
  });

  test('what is asked for may change after the order: the status shows the new', async ({ skip }) => {
    const simulator = vendor.changing ?? skip('the vendor hands out the proof before the order');
    const world = await subject.world({ simulator });
    const placed = await world.place();
    const later = await world.provider.read(placed.reading.handle, never);
    expect(later.challenges.length).toBeGreaterThan(0);
    expect(later.challenges).not.toEqual(placed.reading.challenges);
    world.prove(placed.reading.challenges);
    await world.sandbox.tick();
    expect(await world.provider.read(placed.reading.handle, never)).toMatchObject({
      status: 'pending',
      challenges: later.challenges,
    });
    expectIssued(world.sandbox, placed, await world.finish({ reading: later }));
  });

  test('a CA that turns the order down: no order stays, and nothing is charged', async ({ skip }) => {
    const simulator = vendor.refusing ?? skip('the CA cannot be told to');
    const world = await subject.world({ simulator });
    const { request } = await world.request();
    const end = await world.provider.submit(request, never).then(
      async ({ handle }) => (await world.provider.read(handle, never)).status,
      (thrown: unknown) => (thrown instanceof RenewdError ? thrown.kind : thrown),
    );
    expect(end).toBe(vendor.refusal === 'at-submission' ? 'rejected' : 'failed');
    const charged = world.simulator.invoices().reduce((sum, row) => sum + row.price, 0);
    expect(charged).toBe(0);
  });

  test('a CA that gives up later: failed, with the reason where there is one', async () => {
    const world = await subject.world();
    const placed = await world.place();
    for (const order of world.sandbox.ca.orders()) world.sandbox.ca.fail(order.id, 'high risk');
    const reading = await world.provider.read(placed.reading.handle, never);
    expect(reading).toMatchObject({ status: 'failed', challenges: [] });
    expect(reading.leafPem).toBeUndefined();
  });
}
