/**
 * What is HEXONET's own, against its simulator over both of its front doors: keys that the vendor makes, the operations,
 * and the zone commands of the DNS publisher.
 */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { OrderAction, OrderHandle, OrderReading } from '../../src/contracts/order.ts';
import type { DnsPublisher } from '../../src/contracts/publisher.ts';
import { dayMs } from '../../src/core/durations.ts';
import { manifest } from '../../src/providers/hexonet/index.ts';
import { createHexonetDns } from '../../src/publishers/hexonet-dns/publisher.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import { createCsr } from '../../src/pki/csr.ts';
import { generateKey } from '../../src/pki/keys.ts';
import { never, openWorld, zone, type World } from './provider/world.ts';
import { hexonetFacts } from './hexonet-facts.ts';

const worlds: World[] = [];

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.end();
});

describe.each([
  ['HTTP', hexonetFacts],
  ['EPP', { ...hexonetFacts, epp: true }],
] as const)('HEXONET over %s', (_, vendor) => {
  async function open(): Promise<World> {
    const world = await openWorld({ vendor, open: manifest.create });
    worlds.push(world);
    return world;
  }

  /** An order whose key the vendor makes, to its end. */
  async function buyWithVendorKey(
    world: World,
    action: OrderAction,
    previous?: OrderHandle,
  ): Promise<OrderReading> {
    const { request } = await world.request({ action, ...(previous === undefined ? {} : { previous }) });
    const reading = await world.provider.submit(
      { ...request, csrPem: '', vendorKey: { type: 'rsa-2048' } },
      never,
    );
    const issued = await world.finish({ reading });
    expect(issued.status).toBe('issued');
    return issued;
  }

  function expectPair(reading: OrderReading): string {
    const key = createPrivateKey(reading.vendorKeyPem?.reveal() ?? '');
    const leaf = new X509Certificate(reading.leafPem ?? '');
    expect(leaf.checkPrivateKey(key)).toBe(true);
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
    return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  }

  test('a key that the vendor makes comes back with the certificate, and is another one each time', async () => {
    const world = await open();
    const first = await buyWithVendorKey(world, 'create');
    const keys = [expectPair(first)];
    world.clock.advance(60 * dayMs);
    const second = await buyWithVendorKey(world, 'renew', first.handle);
    keys.push(expectPair(second));
    keys.push(expectPair(await buyWithVendorKey(world, 'reissue', second.handle)));
    expect(new Set(keys).size).toBe(3);
  });

  test('after a reissue with our own CSR the vendor’s old key is not handed out any more', async () => {
    const world = await open();
    const first = await buyWithVendorKey(world, 'create');
    world.clock.advance(60 * dayMs);
    const second = await world.buy({ action: 'reissue', previous: first.handle });
    expect(second.issued.vendorKeyPem).toBeUndefined();
  });

  test('a lost order whose key the vendor makes is found by names and class', async () => {
    const world = await open();
    // Beside an order of ours for the same names.
    await world.place();
    const { request } = await world.request();
    world.fault({ command: 'CreateSSLCert', kind: 'lose-answer' });
    const since = world.clock.now();
    const wanted = { ...request, csrPem: '', vendorKey: { type: 'rsa-2048' } } as const;
    await world.failure(world.provider.submit(wanted, never), 'outcome-unknown');
    const found = await world.find({ request: wanted, spkiSha256: '' }, since);
    expect({ count: found.matches.length, complete: found.complete }).toEqual({ count: 1, complete: true });
    expect(found.matches[0]?.vendorKeyPem).toBeUndefined();
  });

  test('the operations', async () => {
    const world = await open();
    const { issued } = await world.buy();
    const certificate = [issued.handle.certificateId ?? ''];
    const run = async (
      name: string,
      given: Readonly<Record<string, readonly string[]>>,
    ): Promise<unknown> => {
      const operation = world.provider.operations?.find((one) => one.name === name);
      return (await operation?.run(given, never))?.data;
    };
    expect(await run('certificate-list', { limit: ['5'] })).toMatchObject({
      total: 1,
      certificates: [{ certificate: certificate[0], class: 'COMODO_ESSENTIALSSL', status: 'ACTIVE' }],
    });
    expect(await run('certificate-status', { certificate })).toMatchObject({ STATUS: ['ACTIVE'] });
    const csr = [await createCsr((await generateKey('rsa-2048')).pem, ['shop.example.test'])];
    expect(await run('csr-parse', { csr })).toMatchObject({ CN: ['shop.example.test'] });
    expect(
      await run('approver-list', { class: ['COMODO_UCC'], domain: ['shop.example.test'] }),
    ).toMatchObject({
      addresses: expect.arrayContaining([{ email: 'hostmaster@example.test', level: 'GENERIC' }]),
    });
    const waiting = await world.place({ method: 'email', approver: 'admin@shop.example.test' });
    expect(
      await run('email-resend', { certificate: [waiting.reading.handle.certificateId ?? ''] }),
    ).toMatchObject({ sent: true });
    await world.failure(run('certificate-key', { certificate }), 'not-found');
  });

  test('contacts, plain or by handle, are taken', async () => {
    const world = await open();
    const owner = {
      organization: 'Example GmbH',
      firstName: 'Jane',
      lastName: 'Doe',
      street: 'Example street 1',
      city: 'Berlin',
      zip: '10115',
      country: 'DE',
      phone: '+49.301234567',
      email: 'hostmaster@example.test',
    };
    const options = {
      ownerContact: owner,
      adminContact: 'P-ABC123',
      techContact: 'P-ABC123',
      billingContact: owner,
    };
    const first = await world.buy({ options });
    world.clock.advance(60 * dayMs);
    const second = await world.buy({ action: 'renew', previous: first.issued.handle, options });
    expect(second.issued.status).toBe('issued');
  });

  describe('the DNS publisher', () => {
    const publishers: DnsPublisher[] = [];

    afterEach(async () => {
      for (const publisher of publishers.splice(0)) await publisher.close();
    });

    async function publisherOf(world: World, more: object): Promise<DnsPublisher> {
      const publisher = await createHexonetDns('hx', { ...world.settings(), ...more }, world.dependencies());
      publishers.push(publisher);
      return publisher;
    }

    test.each([
      ['named in the configuration', { zones: [zone] }],
      ['found', {}],
    ])('puts values into a zone that is %s, and takes away exactly those', async (_how, more) => {
      const world = await open();
      const publisher = await publisherOf(world, more);
      expect(publisher.zones).toContain(zone);
      const name = `_dnsauth.shop.${zone}`;
      const one = { name, type: 'TXT', value: 'first "token"', ttlSeconds: 60 } as const;
      const two = { ...one, value: 'second' };
      await publisher.publish(one, never);
      await publisher.publish(one, never);
      await publisher.publish(two, never);
      await publisher.withdraw(one, never);
      await publisher.withdraw(one, never);
      const lists = async (): Promise<string> => JSON.stringify(await linesOf(world));
      expect(await lists()).toContain('second');
      expect(await lists()).not.toContain('first');
      await publisher.withdraw(two, never);
      expect(await lists()).not.toContain('second');
    });

    test('an order proved through it is issued', async () => {
      const world = await open();
      const publisher = await publisherOf(world, {});
      const placed = await world.place({ names: [`shop.${zone}`] });
      for (const challenge of placed.reading.challenges) {
        if (challenge.kind !== 'dns') throw new Error('no record was asked for');
        const { recordName: name, recordType: type, value } = challenge;
        await publisher.publish({ name, type, value, ttlSeconds: 60 }, never);
      }
      await world.sandbox.tick();
      expect((await world.provider.read(placed.reading.handle, never)).status).toBe('issued');
    });
  });

  test('the vendor proves it itself, where it hosts the zone', async () => {
    const world = await open();
    const placed = await world.place({ names: [`shop.${zone}`], options: { internalDns: true } });
    expect(placed.reading.challenges).toEqual([]);
    await world.sandbox.tick();
    expect((await world.provider.read(placed.reading.handle, never)).status).toBe('issued');
  });
});

/** What the zone lists, asked for past the publisher. */
async function linesOf(world: World): Promise<unknown> {
  const { login, password } = sandboxAccounts.hexonet;
  const side = world.sandbox.vendors.get('hexonet');
  const command = `COMMAND=QueryDNSZoneRRList\nDNSZONE=${zone}.`;
  const body = new URLSearchParams({ s_entity: '54cd', s_login: login, s_pw: password, s_command: command });
  const answer = await fetch(`${side?.baseUrl ?? ''}${hexonetFacts.path}`, { method: 'POST', body });
  return answer.text();
}
