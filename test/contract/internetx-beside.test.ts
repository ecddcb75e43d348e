/**
 * What InterNetX's client does beside renewals, against the simulator in both encodings: operations, synchronous orders
 * and zones.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { DnsPublisher } from '../../src/contracts/publisher.ts';
import type { ProviderOperation } from '../../src/contracts/provider-operations.ts';
import { Secret } from '../../src/core/certificate.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { nodeProcesses } from '../../src/platform/processes.ts';
import { manifest } from '../../src/providers/internetx/index.ts';
import { configSchema } from '../../src/publishers/autodns/config.ts';
import { manifest as autodns } from '../../src/publishers/autodns/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import type { VendorFacts } from './provider/vendor.ts';
import { never, openWorld, type World } from './provider/world.ts';

const { user, password } = sandboxAccounts.internetx;

const encodings = [
  { encoding: 'json', path: '/v1' },
  { encoding: 'xml', path: '/gateway/' },
] as const;

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.end();
});

function facts({ encoding, path }: (typeof encodings)[number]): VendorFacts {
  return {
    manifest,
    path,
    login: user,
    password,
    settings: { user, encoding, adminContact: '100', requestsPerSecond: 3 },
    products: { usual: 'SSL123', wildcard: 'SSL123WILDCARD', cname: 'COMODO_SSL' },
    several: 'SSL123',
    commands: { create: '', reissue: '', renew: '', read: '', list: '' },
    codes: {
      funds: '',
      tryAgain: '',
      rateLimited: '',
      unauthorized: '',
      unauthorizedAddress: '',
      rejected: '',
    },
    rateLimitedOrder: 'rate-limited',
    daysUntilRenewal: 120,
    revokesCurrent: false,
    refusal: 'later',
    dialects: [],
    refusalThatEchoes: () => ({ status: 400, body: '' }),
    refusing: {},
  };
}

async function open(encoding: (typeof encodings)[number]): Promise<World> {
  const world = await openWorld({ vendor: facts(encoding), open: manifest.create });
  worlds.push(world);
  return world;
}

type Given = Readonly<Record<string, readonly string[]>>;

function runner(operations: readonly ProviderOperation[] | undefined) {
  return async (name: string, given: Given = {}): Promise<unknown> => {
    const operation = operations?.find((one) => one.name === name);
    if (operation === undefined) throw new Error(`no operation ${name}`);
    return (await operation.run(given, never)).data;
  };
}

const person: Given = {
  'first-name': ['John'],
  'last-name': ['Doe'],
  organization: ['Company'],
  address: ['123 Main Street'],
  'postal-code': ['12345'],
  city: ['Anytown'],
  country: ['DE'],
  state: ['BY'],
  phone: ['+49-123-12345'],
  email: ['john.doe@example.com'],
};

function idIn(data: unknown, key: string): string {
  const id =
    typeof data === 'object' && data !== null
      ? Object.entries(data).find(([name]) => name === key)
      : undefined;
  return String(id?.[1]);
}

describe.each(encodings)('operations over $encoding', (encoding) => {
  test('contacts: made, seen, changed, listed, deleted', async () => {
    const world = await open(encoding);
    const run = runner(world.provider.operations);
    const contact = [idIn(await run('contact-create', person), 'contact')];
    expect(await run('contact-info', { contact })).toMatchObject({
      lname: 'Doe',
      city: 'Anytown',
      pcode: '12345',
    });
    await run('contact-update', { contact, city: ['Othertown'] });
    expect(await run('contact-info', { contact })).toMatchObject({ lname: 'Doe', city: 'Othertown' });
    expect(JSON.stringify(await run('contact-list'))).toContain('Othertown');
    await run('contact-delete', { contact });
    expect(JSON.stringify(await run('contact-list'))).not.toContain('Othertown');
  });

  test('certificates: listed by name, seen, deleted', async () => {
    const world = await open(encoding);
    const run = runner(world.provider.operations);
    const one = await world.buy({ names: ['one.example.test'] });
    await world.buy({ names: ['other.example.test'] });
    const certificate = [String(one.issued.handle.certificateId)];
    expect(await run('certificate-list', { filter: ['name=one.example.test'] })).toMatchObject({
      rows: [{ name: 'one.example.test' }],
    });
    expect(await run('certificate-info', { certificate })).toMatchObject({ name: 'one.example.test' });
    expect(await run('certificate-delete', { certificate })).toMatchObject({ accepted: 'N400103' });
  });

  test('jobs: seen while they run; a mail goes out again', async () => {
    const world = await open(encoding);
    const run = runner(world.provider.operations);
    const placed = await world.place({
      names: ['one.example.test'],
      method: 'email',
      approver: 'hostmaster@one.example.test',
    });
    await world.sandbox.tick();
    const { handle, challenges, waitsForPerson } = placed.reading;
    expect(challenges.map(({ kind }) => kind)).toEqual(['email']);
    expect(waitsForPerson).toContain('hostmaster@one.example.test');
    const job = [String(handle.jobId)];
    expect(await run('job-info', { job })).toMatchObject({ job: { subType: 'SSL123' } });
    expect(await run('approver-mail-resend', { job })).toMatchObject({ done: true });
    // Asked to look again, the provider resends the mail.
    const before = world.requests();
    await world.provider.retryValidation(handle, never);
    expect(world.requests() - before).toBe(2);
  });
});

describe('operations that only JSON has', () => {
  test('the connection; a comment; jobs listed, retried and cancelled', async () => {
    const world = await open(encodings[0]);
    const run = runner(world.provider.operations);
    expect(await run('connection-check')).toEqual({ done: true });
    const { issued } = await world.buy({ names: ['one.example.test'] });
    const certificate = [String(issued.handle.certificateId)];
    await run('certificate-comment', { certificate, text: ['for the shop'] });
    expect(await run('certificate-info', { certificate })).toMatchObject({ comment: 'for the shop' });
    const placed = await world.place({ names: ['other.example.test'] });
    const job = [String(placed.reading.handle.jobId)];
    expect(JSON.stringify(await run('job-list'))).toContain(job[0]);
    expect(JSON.stringify(await run('job-history-list'))).toContain(String(issued.handle.jobId));
    expect(await run('job-history-info', { job: [String(issued.handle.jobId)] })).toMatchObject({
      job: { status: 'SUCCESS' },
    });
    await run('job-retry', { job });
    await run('job-cancel', { job });
    expect((await world.provider.read(placed.reading.handle, never)).status).toBe('cancelled');
  });

  test('a synchronous order', async () => {
    const world = await open(encodings[0]);
    // Few products have it.
    const wanted = { names: ['one.example.test'], product: 'BASIC_SSL', options: { realtime: true } };
    const { request, spkiSha256 } = await world.request(wanted);
    world.prove(request.prepared?.challenges ?? []);
    expect(await world.provider.submit(request, never)).toMatchObject({ status: 'issued', spkiSha256 });
    expect(world.simulator.invoices()).toHaveLength(1);
  });
});

describe.each(encodings)('zones over $encoding', (encoding) => {
  async function publisherOf(world: World): Promise<DnsPublisher> {
    const parsed = configSchema.parse({
      user,
      password: { env: 'UNUSED' },
      context: 9,
      encoding: encoding.encoding,
      url: `http://127.0.0.1:${world.tap.port}${encoding.path}`,
      zones: ['example.test'],
    });
    const publisher = await autodns.create(
      'zones',
      { ...parsed, password: new Secret(password) },
      {
        ...world.dependencies(),
        files: nodeFiles,
        processes: nodeProcesses,
        passedSockets: [],
      },
    );
    if (publisher.kind !== 'dns') throw new Error('not a DNS publisher');
    return publisher;
  }

  test('an order is proved by it, and afterwards the zone is as before', async () => {
    const world = await open(encoding);
    const publisher = await publisherOf(world);
    const placed = await world.place({ names: ['shop.example.test'] });
    const records = placed.reading.challenges.flatMap((one) =>
      one.kind === 'dns'
        ? [{ name: one.recordName, type: one.recordType, value: one.value, ttlSeconds: 60 }]
        : [],
    );
    expect(records).toHaveLength(1);
    for (const record of records) {
      await publisher.publish(record, never);
      // Twice is once.
      await publisher.publish(record, never);
      await publisher.publish({ ...record, value: 'somebody-else' }, never);
    }
    await world.sandbox.tick();
    expect(
      (await world.provider.operations?.find(({ name }) => name === 'certificate-list')?.run({}, never))
        ?.data,
    ).toMatchObject({
      rows: [{ name: 'shop.example.test' }],
    });
    const [record] = records;
    if (record === undefined) throw new Error('no record');
    await publisher.withdraw(record, never);
    await publisher.withdraw(record, never);
    await publisher.publish({ ...record, value: 'somebody-else' }, never);
    await publisher.withdraw({ ...record, value: 'somebody-else' }, never);
    const alias = {
      name: '_ab.shop.example.test',
      type: 'CNAME',
      value: 'proof.example.org',
      ttlSeconds: 60,
    } as const;
    await publisher.publish(alias, never);
    await publisher.publish(alias, never);
    await publisher.withdraw(alias, never);
    await publisher.withdraw(alias, never);
    await publisher.close();
  });
});
