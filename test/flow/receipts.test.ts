/** What a receipt says about each kind of renewal. */
import { hash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hourMs } from '../../src/core/durations.ts';
import { keySpkiSha256 } from '../../src/pki/keys.ts';
import { assertWorld } from '../builders/assert-world.ts';
import { directoryOf, newestReceipt, servedWorld, verify } from '../builders/served-world.ts';
import { createWorld } from '../builders/world.ts';

const sha = (content: string | Buffer): string => hash('sha256', content, 'hex');

describe('says', () => {
  test('everything about a first order: what it cost, where it was proved and seen, files, what was served', async () => {
    const world = await servedWorld({ name: 'shop', targets: 2 });
    const receipt = await newestReceipt(world);
    const renewal = await world.renewal('shop');
    const directory = directoryOf(world);
    const leaf = new X509Certificate(readFileSync(`${directory}/cert.pem`));
    const fingerprint256 = leaf.fingerprint256.replaceAll(':', '').toLowerCase();
    const spkiSha256 = keySpkiSha256(readFileSync(`${directory}/privkey.pem`));
    expect(receipt).toMatchObject({
      format: 'renewd-receipt-1',
      sequence: 1,
      previous: null,
      at: renewal.updatedAt.toISOString(),
      certificate: 'shop',
      renewal: { id: renewal.id, action: 'create', reason: 'crt-missing', forced: false, words: [] },
      order: {
        provider: 'cnr',
        product: 'ssl123dv',
        reference: renewal.reference,
        orderId: renewal.orderId,
        certificateId: renewal.certificateId,
        paidUntil: renewal.paidUntil?.toISOString(),
        price: renewal.price,
        free: false,
      },
      leaf: {
        serial: leaf.serialNumber.toLowerCase(),
        fingerprint256,
        spkiSha256,
        names: ['shop.example.test'],
        notBefore: leaf.validFromDate.toISOString(),
        notAfter: leaf.validToDate.toISOString(),
      },
      keyId: renewal.keyId,
    });
    expect(receipt.order.price?.hundredths).toBeGreaterThan(0);
    expect(receipt.leaf.issuer).toMatch(/CN=/);

    const [challenge, ...more] = receipt.validation.challenges;
    expect(more).toEqual([]);
    expect(challenge).toMatchObject({
      identifier: 'shop.example.test',
      kind: 'dns',
      publisher: 'ns1',
      readyAt: null,
    });
    expect(challenge?.place).toMatch(/\.example\.test TXT$/);
    const seenAt = new Date(challenge?.seenAt ?? '');
    expect(seenAt >= renewal.createdAt && seenAt <= renewal.updatedAt).toBe(true);

    expect(receipt.deployments.map((one) => one.directory)).toEqual(
      world.managed('shop').deploy.map((one) => one.directory),
    );
    for (const deployment of receipt.deployments) {
      expect(deployment.set).toMatch(new RegExp(`^\\d{8}T\\d{6}Z-${fingerprint256.slice(0, 12)}$`));
      const read = (name: string): Buffer => readFileSync(`${deployment.directory}/${name}`);
      expect(deployment.files).toEqual([
        { name: 'privkey.pem', sha256: sha(''), keySpkiSha256: spkiSha256 },
        { name: 'cert.pem', sha256: sha(read('cert.pem')), keySpkiSha256: null },
        { name: 'chain.pem', sha256: sha(read('chain.pem')), keySpkiSha256: null },
        { name: 'fullchain.pem', sha256: sha(read('fullchain.pem')), keySpkiSha256: null },
        // Key and full chain: the hash is of the full chain alone.
        { name: 'combined.pem', sha256: sha(read('fullchain.pem')), keySpkiSha256: spkiSha256 },
      ]);
      expect(deployment.endpoints).toEqual([
        {
          endpoint: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
          address: '127.0.0.1',
          fingerprint256,
          at: expect.any(String),
        },
      ]);
    }
    // Nothing in it is made from the key.
    const keyPem = readFileSync(`${directory}/privkey.pem`);
    const text = JSON.stringify(receipt);
    for (const derived of [sha(keyPem), sha(readFileSync(`${directory}/combined.pem`))])
      expect(text).not.toContain(derived);
    await assertWorld(world);
  });

  test('that a reissue was free, and which order it stayed in', async () => {
    const world = await servedWorld({ name: 'shop' }, { name: 'shop', daysLeft: 12, paidDays: 180 });
    const { order, renewal } = await newestReceipt(world);
    expect(renewal).toMatchObject({ action: 'reissue', reason: 'due-reissue' });
    expect(order.free).toBe(true);
    expect(order.orderId ?? order.certificateId).not.toBeNull();
  });

  test('what a renew cost', async () => {
    const world = await servedWorld(
      { name: 'shop', provider: 'inx' },
      { name: 'shop', provider: 'inx', daysLeft: 6, paidDays: 8 },
    );
    const { order, renewal } = await newestReceipt(world);
    expect(renewal).toMatchObject({ action: 'renew', reason: 'due-renew' });
    expect(order).toMatchObject({ provider: 'inx', free: false });
  });

  test('of a file where it was, and does not claim that we saw it over the network', async () => {
    const world = await servedWorld({ name: 'shop', dcv: { method: 'file', publisher: 'web' } });
    const { validation } = await newestReceipt(world);
    const [stored] = await world.store.challenges((await world.renewal('shop')).id);
    if (stored?.challenge.kind !== 'file') throw new Error('no file');
    const { host, path, content } = stored.challenge;
    expect(validation).toMatchObject({
      method: 'file',
      challenges: [
        { kind: 'file', place: `http://${host}${path}`, value: sha(content), publisher: 'web', seenAt: null },
      ],
    });
    expect(validation.challenges[0]?.readyAt).toMatch(/^2026-/);
  });

  test('of a redeployment that nothing was ordered, and which certificate it was', async () => {
    const world = await servedWorld();
    const first = await newestReceipt(world);
    rmSync(directoryOf(world), { recursive: true });
    await world.run(async () => (await world.renewal('shop')).action === 'deploy');
    await world.runToRest();
    const second = await newestReceipt(world);
    expect(second).toMatchObject({
      sequence: 2,
      renewal: { action: 'deploy', reason: 'crt-missing' },
      order: { orderId: first.order.orderId, orderedAt: null, price: null, free: true },
      leaf: first.leaf,
      keyId: first.keyId,
      validation: { challenges: [] },
    });
    expect(second.previous).toBe((await world.store.receiptOf(first.renewal.id))?.hash);
    expect(await verify(world)).toMatchObject({ ok: true, receipts: 2 });
  });

  test('who asked, and when; and so does the history', async () => {
    const world = await servedWorld();
    const at = world.clock.now();
    world.clock.advance(hourMs);
    const options = { action: 'reissue' };
    await world.store.addRequest({ id: 'q1', at, certificate: 'shop', kind: 'renew', options, by: 'ada' });
    await world.restart();
    await world.run(async () => (await world.store.renewalsOf('shop', 9)).length === 2);
    await world.runToRest();
    const { renewal } = await newestReceipt(world);
    const text = `reissue: an operator asked for a reissue (ada, ${at.toISOString()})`;
    expect(renewal).toMatchObject({ action: 'reissue', forced: true, words: [{ by: 'ada', text }] });
    const begun = (await world.store.ledger({ renewalId: renewal.id, limit: 1 }))[0];
    expect(begun).toMatchObject({
      subject: 'begin',
      text,
      detail: { by: 'ada', saidAt: at.toISOString(), word: options },
    });
    await assertWorld(world);
  });

  test('which order a person said it was; and so does the history', async () => {
    const world = await createWorld();
    let ordered = 0;
    world.interfere((vendor, command) => {
      if (command === 'POST /certificate')
        return (ordered += 1) === 1 ? { vendor, kind: 'lose-answer' } : undefined;
      return /_search/.test(command) ? { vendor, kind: 'html' } : undefined;
    });
    await world.configure([{ name: 'shop', provider: 'inx' }]);
    await world.run(async () => (await world.renewal('shop')).state === 'blocked');
    const [order] = world.sandbox.vendors.get('internetx')?.simulator.invoices() ?? [];
    const options = { certificateId: order?.certificateId };
    const at = world.clock.now();
    await world.store.addRequest({ id: 'q1', at, certificate: 'shop', kind: 'resolve', options, by: 'ada' });
    world.interfere(() => undefined);
    await world.restart();
    await world.runToRest();
    const { renewal } = await newestReceipt(world);
    const text = `ada decided: the order is ${order?.certificateId} (said ${at.toISOString()})`;
    expect(renewal.words).toMatchObject([{ by: 'ada', text }]);
    expect(await world.store.ledger({ renewalId: renewal.id, limit: 1000 })).toContainEqual(
      expect.objectContaining({
        kind: 'transition',
        text,
        detail: expect.objectContaining({ by: 'ada', saidAt: at.toISOString(), word: options }),
      }),
    );
    await assertWorld(world);
  });

  test('nothing about what was not served: no receipt', async () => {
    const world = await createWorld();
    world.command.mood = 'fails';
    await world.configure([{ name: 'shop' }]);
    await world.run(
      async () => (await world.store.renewalsOf('shop', 1))[0]?.failure?.code === 'reload-failed',
    );
    expect(await world.store.receipts({ limit: 9 })).toEqual([]);
    expect(await verify(world)).toMatchObject({ ok: true, receipts: 0, head: null });
  });

  test('which files could not be read at the time; the audit warns of them and calls nobody a forger', async () => {
    const world = await createWorld();
    const chain = (): string => `${directoryOf(world)}/.current/chain.pem`;
    world.onPassage = ({ event }) => {
      if (event !== 'set-deployed') return;
      renameSync(chain(), `${chain()}.aside`);
      mkdirSync(chain());
    };
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    rmdirSync(chain());
    renameSync(`${chain()}.aside`, chain());
    const { deployments, at } = await newestReceipt(world);
    const files = deployments[0]?.files ?? [];
    expect(files.filter(({ unreadable }) => unreadable === true)).toEqual([
      { name: 'chain.pem', sha256: null, keySpkiSha256: null, unreadable: true },
    ]);
    const { ok, problems, certificates } = await verify(world);
    expect({ ok, problems }).toEqual({ ok: true, problems: [] });
    expect(certificates).toMatchObject([
      {
        filesCompared: 4,
        notes: [
          `${directoryOf(world)}/chain.pem could not be read when the receipt was written (${at}); it is not compared`,
        ],
      },
    ]);
    // What could be read is held against the receipt all the same.
    writeFileSync(`${directoryOf(world)}/.current/cert.pem`, 'another');
    expect(await verify(world)).toMatchObject({ ok: false, problems: [{ subject: 'file' }] });
  });
});
