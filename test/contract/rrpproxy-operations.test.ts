/**
 * What the contract suite does not ask of CentralNic Reseller's providers, against the vendor's simulator: operations,
 * immediate issuance, product facts, discarding and migrating sub-certificates.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { OrderHandle } from '../../src/contracts/order.ts';
import type { Provider } from '../../src/contracts/provider.ts';
import { manifest as v2 } from '../../src/providers/rrpproxy/index.ts';
import { products } from '../../src/providers/rrpproxy/products.ts';
import { manifest as v1 } from '../../src/providers/rrpproxy-v1/index.ts';
import { v1Facts, v2Facts } from './provider/rrpproxy-facts.ts';
import { expectIssued, never, openWorld, type World } from './provider/world.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.end();
});

async function world2(): Promise<World> {
  const world = await openWorld({ vendor: v2Facts, open: v2.create });
  worlds.push(world);
  return world;
}

async function world1(): Promise<World> {
  const world = await openWorld({ vendor: v1Facts, open: v1.create });
  worlds.push(world);
  return world;
}

async function run(
  { provider }: { readonly provider: Provider },
  name: string,
  given: Readonly<Record<string, readonly string[]>> = {},
): Promise<unknown> {
  const operation = provider.operations?.find((one) => one.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return (await operation.run(given, never)).data;
}

function ids({ orderId, certificateId }: OrderHandle): { orderId: string; certificateId: string } {
  if (orderId === undefined || certificateId === undefined) throw new Error('a handle without ids');
  return { orderId, certificateId };
}

describe('API 2', () => {
  test('immediate issuance: the proof first, then the certificate in the answer', async () => {
    const world = await world2();
    for (const dcv of [{ record: 'txt' }, { record: 'cname' }, { method: 'file' }] as const) {
      const wanted = {
        ...dcv,
        options: { immediate: true },
        names: [`${Object.values(dcv)[0]}.example.test`],
      };
      const placed = await world.request(wanted);
      const { prepared } = placed.request;
      expect(prepared).toMatchObject({ publishFirst: true });
      world.prove(prepared?.challenges ?? []);
      const reading = await world.provider.submit(placed.request, never);
      expectIssued(world.sandbox, { ...placed }, reading);
    }
    expect(world.simulator.invoices()).toHaveLength(3);
  });

  test('immediate reissue and renewal', async () => {
    const world = await world2();
    const first = await world.buy({ names: ['shop.example.test'] });
    for (const action of ['reissue', 'renew'] as const) {
      const placed = await world.request({
        action,
        names: ['shop.example.test'],
        previous: first.issued.handle,
        options: { immediate: true },
      });
      world.prove(placed.request.prepared?.challenges ?? []);
      const reading = await world.provider.submit(placed.request, never);
      expectIssued(world.sandbox, placed, reading);
    }
    expect(world.simulator.invoices()).toHaveLength(2);
  });

  test('an immediate order whose proof is not there: no order, no charge', async () => {
    const world = await world2();
    const { request } = await world.request({ options: { immediate: true } });
    await world.failure(world.provider.submit(request, never), 'dcv-failed');
    expect(world.simulator.invoices()).toEqual([]);
  });

  test('product facts of every class agree with the matrix on what the order depends on', async () => {
    const world = await world2();
    for (const [name, expected] of Object.entries(products)) {
      const facts = await world.provider.productFacts?.(name, never);
      const { wildcard, immediateIssuance, recordTypes, includedNames, validation } = expected;
      expect({ name, ...facts }).toMatchObject({
        name,
        wildcard,
        immediateIssuance,
        recordTypes,
        includedNames,
        // Manual 9.3.1 calls this one DV, and the simulator repeats it.
        validation: name === 'securesiteproev' ? 'dv' : validation,
      });
    }
    expect(await world.provider.productFacts?.('nonesuch', never)).toBeUndefined();
  });

  test('looks and lists', async () => {
    const world = await world2();
    const { issued, request } = await world.buy({ options: { serviceTags: ['team-a'] } });
    await world.buy({ names: ['mail.example.test'] });
    const { orderId, certificateId } = ids(issued.handle);
    expect(await run(world, 'order-status', { order: [orderId] })).toMatchObject({
      orderId,
      certificates: [{ certificateId, status: 'active' }],
    });
    expect(await run(world, 'order-list', { order: [orderId] })).toMatchObject({
      rows: [{ orderId }],
      complete: true,
    });
    expect(await run(world, 'order-list')).toMatchObject({ rows: [{}, {}], complete: true });
    expect(await run(world, 'certificate-list', { tag: ['team-a'] })).toMatchObject({
      rows: [{ certificateId, orderId }],
    });
    expect(await run(world, 'certificate-list', { tag: [request.reference] })).toMatchObject({
      rows: [{ certificateId }],
    });
    expect(await run(world, 'check', { csr: [request.csrPem] })).toMatchObject({
      csrcommonname: ['shop.example.test'],
    });
    expect(await run(world, 'class-info', { class: ['ssl123dv'] })).toMatchObject({ class: 'ssl123dv' });
    expect(await run(world, 'class-info')).toMatchObject({ classes: expect.arrayContaining(['ssl123dv']) });
    expect(
      await run(world, 'command-syntax', { command: ['AddCertificate'], class: ['ssl123dv'] }),
    ).toBeDefined();
  });

  test('contacts of all kinds', async () => {
    const world = await world2();
    const person = {
      'first-name': ['Max'],
      'last-name': ['Mustermann'],
      email: ['max@example.test'],
      phone: ['+49.301234567'],
    };
    const organization = {
      'organization-name': ['Example Corp'],
      'organization-street': ['Example Street 1'],
      'organization-city': ['Exampletown'],
      'organization-country': ['DE'],
      'organization-phone': ['+49.301234567'],
      'organization-email': ['office@example.test'],
    };
    const tech = await run(world, 'contact-add', { type: ['tech'], ...person });
    await run(world, 'contact-add', { type: ['organization'], ...person, ...organization });
    await run(world, 'contact-add', { type: ['approver'], ...person, 'job-title': ['CEO'], ...organization });
    await run(world, 'contact-add', {
      type: ['organization'],
      person: ['P-ABC123'],
      'from-organization': ['O-ABC456'],
    });
    const { contactId } = Object.assign({ contactId: '' }, tech);
    expect(await run(world, 'contact-status', { contact: [contactId] })).toMatchObject({
      contactId,
      type: 'tech',
      lastName: 'Mustermann',
    });
    expect(await run(world, 'contact-list', { type: ['evapprover'] })).toMatchObject({
      rows: [{ type: 'evapprover', jobTitle: 'CEO' }],
      complete: true,
    });
  });

  test('ends: one certificate, an order that waits, an order that is done', async () => {
    const world = await world2();
    const first = await world.buy();
    const one = ids(first.issued.handle);
    await run(world, 'certificate-delete', { certificate: [one.certificateId], action: ['revoke'] });
    expect((await world.provider.read(one, never)).status).toBe('revoked');

    const waiting = [
      await world.place({ names: ['a.example.test'] }),
      await world.place({ names: ['b.example.test'] }),
    ].map(({ reading }) => ids(reading.handle));
    await run(world, 'order-cancel', { order: [waiting[0]?.orderId ?? ''] });
    await run(world, 'certificate-delete', {
      certificate: [waiting[1]?.certificateId ?? ''],
      action: ['cancelorder'],
    });
    for (const handle of waiting) {
      expect((await world.provider.read(handle, never)).status).toMatch(/^(cancelled|pending)$/);
    }

    const done = [
      await world.buy({ names: ['c.example.test'] }),
      await world.buy({ names: ['d.example.test'] }),
    ].map(({ issued }) => ids(issued.handle));
    await run(world, 'order-revoke', { order: [done[0]?.orderId ?? ''] });
    await run(world, 'certificate-delete', {
      certificate: [done[1]?.certificateId ?? ''],
      action: ['revokeorder'],
    });
    for (const handle of done) expect((await world.provider.read(handle, never)).status).toBe('revoked');
  });
});

describe('API 1', () => {
  test('create and renew are closed: nothing is sent', async () => {
    const world = await world1();
    const { request } = await world.request();
    const before = world.requests();
    for (const action of ['create', 'renew'] as const) {
      await world.failure(world.provider.submit({ ...request, action }, never), 'configuration');
    }
    expect(world.requests()).toBe(before);
  });

  test('the replaced sub-certificate is discarded, and only that', async () => {
    const world = await world1();
    const first = await world.buy();
    const second = await world.buy({ action: 'reissue', previous: first.issued.handle });
    await world.provider.discard?.(first.issued.handle, second.issued.handle, never);
    await world.provider.discard?.(first.issued.handle, second.issued.handle, never);
    expect((await world.provider.read(first.issued.handle, never)).status).toBe('revoked');
    const after = await world.provider.read(second.issued.handle, never);
    expect(after).toMatchObject({ status: 'issued', leafPem: second.issued.leafPem });
    expect(world.history('DeleteCertificate')).toHaveLength(1);
  });

  test('adoption finds order and sub-certificate by the key alone', async () => {
    const world = await world1();
    await world.buy({ names: ['mail.example.test'] });
    const bought = await world.buy();
    const { spkiSha256, request, issued } = bought;
    const found = await world.provider.find(
      { reference: '', spkiSha256, names: request.names, product: request.product },
      never,
    );
    expect(found.matches.map(({ handle }) => handle)).toEqual([issued.handle]);
    expect(found.matches[0]?.paidUntil).toBeInstanceOf(Date);
  });

  test('looks and lists', async () => {
    const world = await world1();
    const { issued, request } = await world.buy();
    const { orderId, certificateId } = ids(issued.handle);
    expect(await run(world, 'status', { order: [orderId], sub: [certificateId] })).toMatchObject({
      orderId,
      certificateId,
      status: 'ACTIVE',
      migrated: false,
    });
    expect(await run(world, 'list')).toMatchObject({ rows: [{ orderId }], complete: true });
    expect(await run(world, 'info', { class: ['SSL123'] })).toBeDefined();
    expect(await run(world, 'check', { csr: [request.csrPem] })).toBeDefined();
  });

  test('the approver of a reissue that waits can be changed', async () => {
    const world = await world1();
    const placed = await world.place({
      names: ['shop.example.test'],
      method: 'email',
      approver: 'admin@shop.example.test',
    });
    const { orderId, certificateId } = ids(placed.reading.handle);
    const email = ['hostmaster@shop.example.test'];
    await run(world, 'change-approver', { order: [orderId], sub: [certificateId], email });
    const waiting = await world.provider.read(placed.reading.handle, never);
    expect(waiting.challenges).toMatchObject([{ kind: 'email', addresses: email }]);
  });

  test('migrate: what it names can be read, reissued and adopted by API 2', async () => {
    const world = await world1();
    const { issued, spkiSha256, request } = await world.buy();
    const { orderId } = ids(issued.handle);
    const migrated = await run(world, 'migrate', { order: [orderId] });
    expect(migrated).toMatchObject({
      orderId,
      moved: expect.arrayContaining([{ from: expect.any(String), to: expect.any(String) }]),
    });
    const before = await world.provider.read(issued.handle, never);
    expect(before.waitsForPerson).toContain('rrpproxy');

    const successor = await v2.create(world.settings({ ...v2Facts.settings }), world.dependencies());
    try {
      const query = { reference: '', spkiSha256, names: request.names, product: 'ssl123dv' };
      const found = await successor.find(query, never);
      expect(found.matches).toHaveLength(1);
      const [match] = found.matches;
      const handle = ids(match?.handle ?? {});
      expect(migrated).toMatchObject({
        moved: expect.arrayContaining([expect.objectContaining({ to: handle.certificateId })]),
      });
      expect(await successor.read(handle, never)).toMatchObject({
        status: 'issued',
        leafPem: issued.leafPem,
      });
    } finally {
      await successor.close();
    }
  });
});
