/** HEXONET: lists and look-ups, the order queue, and what others may see of it all. */
import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { RSA_CSR, RSA_KEY } from './hexonet-keys.ts';
import { create, first, joined, NAME, startHexonet } from './hexonet-kit.ts';
import type { HexonetWorld, Input } from './hexonet-kit.ts';
import { csrFor, DAY_MS } from './kit.ts';
import { pemLines } from './rrpproxy-kit.ts';
import type { TextAnswer } from './rrpproxy-kit.ts';

let world: HexonetWorld;
afterEach(() => world.close());

describe('lists and look-ups', () => {
  async function three(): Promise<string[]> {
    const ids: string[] = [];
    for (const name of ['a.example.test', 'b.example.test', 'c.example.test']) {
      const order = await world.ok(create({ csr: pemLines(await csrFor([name])), validation0: 'DNSZONE' }));
      ids.push(first(order, 'sslcertid'));
      world.clock.advance(DAY_MS);
    }
    return ids;
  }
  const list = (input: Input = {}): Promise<TextAnswer> =>
    world.ok({ command: 'QuerySSLCertList', ...input });

  it('shows ids alone, or the columns of the example', async () => {
    world = await startHexonet();
    const ids = await three();
    expect((await list()).properties).toEqual({
      first: ['0'],
      last: ['2'],
      count: ['3'],
      total: ['3'],
      limit: ['10000'],
      sslcertid: ids,
    });
    const wide = await list({ wide: 1 });
    expect(Object.keys(wide.properties).sort()).toEqual(
      (
        'count first last limit parentuser peeruser sslcertclass sslcertcn sslcertcreateddate sslcertexpirationdate ' +
        'sslcertid sslcertstatus sslcertupdateddate total user'
      ).split(' '),
    );
    expect(wide.properties).toMatchObject({
      sslcertcn: ['a.example.test', 'b.example.test', 'c.example.test'],
      sslcertstatus: ['PENDINGCREATE', 'PENDINGCREATE', 'PENDINGCREATE'],
      sslcertcreateddate: ['2026-10-01 08:00:00', '2026-10-02 08:00:00', '2026-10-03 08:00:00'],
    });
  });

  it.each<[string, Input, readonly number[]]>([
    ['a page', { first: 1, limit: 1 }, [1]],
    ['a pattern', { sslcertcn: '?.EXAMPLE.*' }, [0, 1, 2]],
    ['a name', { sslcertcn: 'b.example.test' }, [1]],
    ['a class', { sslcertclass: 'COMODO_UCC' }, []],
    ['a status', { status: 'PENDING*' }, [0, 1, 2]],
    ['a moment', { mincreateddate: '2026-10-02 08:00:00' }, [1, 2]],
    ['a moment later', { mincreateddate: '2026-10-02 08:00:01' }, [2]],
    ['a day', { mincreateddate: '2026-10-02', maxcreateddate: '2026-10-02' }, [1]],
    ['an end', { maxexpirationdate: '2027-10-02 08:00:00' }, [0, 1]],
    ['an order', { orderby: 'SSLCERTCNDESC' }, [2, 1, 0]],
    ['another order', { orderby: 'createddatedesc', limit: 2 }, [2, 1]],
  ])('by %s', async (_, input, expected) => {
    world = await startHexonet();
    const ids = await three();
    const answer = await list(input);
    expect(answer.properties['sslcertid'] ?? []).toEqual(expected.map((index) => ids[index]));
    // A page is a part of what was found, everything else is all of it.
    const found = input['limit'] === undefined ? expected.length : ids.length;
    expect(first(answer, 'total')).toBe(String(found));
  });

  it('ids may have letters', async () => {
    world = await startHexonet({ ids: 'letters' });
    expect(first(await world.issued(), 'sslcertid')).toMatch(/^O[A-Za-z0-9]{20}$/);
  });

  it('reads a request, with names and in the order of the example', async () => {
    world = await startHexonet();
    const subject =
      'C=DE, ST=SL, L=Homburg, 2.5.4.9=Talstr. 27, O=HEXONET, CN=example.test, E=info@example.test';
    const csr = pemLines(await csrFor(['www.example.test', 'wiki.example.test'], 'RSA', subject));
    expect((await world.ok({ command: 'ParseSSLCertCSR', csr })).properties).toEqual({
      alternatecn: ['www.example.test', 'wiki.example.test'],
      c: ['DE'],
      cacrt: ['FALSE'],
      cn: ['example.test'],
      emailaddress: ['info@example.test'],
      l: ['Homburg'],
      o: ['HEXONET'],
      rsapublickeybits: ['2048'],
      st: ['SL'],
      street: ['Talstr. 27'],
    });
    const renamed = csr.map((line) => line.replace('CERTIFICATE', 'NEW CERTIFICATE'));
    await world.ok({ command: 'ParseSSLCertCSR', csr: renamed });
    expect(await world.refused({ command: 'ParseSSLCertCSR' })).toContain('504');
    expect(await world.refused({ command: 'ParseSSLCertCSR', csr: ['-----BEGIN'] })).toContain('505');
  });

  it('knows to whom it could write, and to whom it did', async () => {
    world = await startHexonet();
    const ask = { command: 'QuerySSLCertDCVEMailAddressList', sslcertclass: 'GEOTRUST_RAPIDSSL' };
    const answer = await world.ok({ ...ask, domain: 'www.example.test' });
    expect(answer.properties['email']).toEqual([
      'info@example.test',
      'info@example.test',
      ...['admin', 'administrator', 'hostmaster', 'webmaster', 'postmaster'].map(
        (box) => `${box}@example.test`,
      ),
      'support@supplier.invalid',
    ]);
    expect(answer.properties['level']).toEqual(['WHOIS', 'WHOIS', ...Array(5).fill('GENERIC'), 'MANUAL']);
    expect(await world.refused(ask)).toContain('504');
    const order = await world.ok(create({ csr: RSA_CSR, validationemail0: 'admin@example.test' }));
    const sslcertid = first(order, 'sslcertid');
    const asked = await world.ok({ command: 'QuerySSLCertDCVEMailAddressList', sslcertid });
    expect(asked.properties['email']).toEqual(['admin@example.test']);
  });

  it.each([
    ['without-root', 1],
    ['with-root', 2],
    ['root-first', 2],
  ] as const)('prints the chain %s', async (caCertificates, blocks) => {
    world = await startHexonet({
      caCertificates,
      freeAlternative: false,
      registrationExpiration: 'not-after',
    });
    const status = await world.issued({ csr: pemLines(await csrFor([NAME])) });
    const chain = joined(status, 'cacrt').match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? [];
    expect(chain).toHaveLength(blocks);
    const isRoot = (pem = ''): boolean =>
      new X509Certificate(pem).subject === new X509Certificate(pem).issuer;
    expect(isRoot(chain[0])).toBe(caCertificates === 'root-first');
    expect(new X509Certificate(joined(status, 'crt')).subjectAltName).toBe(`DNS:${NAME}`);
    expect(first(status, 'registrationexpirationdate')).toBe(first(status, 'expirationdate'));
  });
});

describe('the order queue', () => {
  const order = async (input: Input = {}): Promise<TextAnswer> =>
    world.ok(create({ csr: pemLines(await csrFor([NAME])), validation0: 'DNSZONE', ...input }));
  const decoded = (text: string): string => decodeURIComponent(text);

  it('keeps a command until it is executed', async () => {
    world = await startHexonet();
    const queued = await order({ order: 'CREATE' });
    expect(Object.keys(queued.properties)).toEqual(['orderid']);
    const orderid = first(queued, 'orderid');
    expect(world.simulator.invoices()).toEqual([]);
    const before = await world.ok({ command: 'QueryOrderList', orderid });
    expect(before.properties).toMatchObject({
      orderstatus: ['PENDING'],
      paymentstatus: ['UNPAID'],
      processingstatus: ['INACTIVE'],
      lastresponse: [''],
      lastresponsecode: [''],
      operationtype: ['CREATE'],
    });
    expect(decoded(first(before, 'ordercommand'))).toContain(
      'COMMAND=CreateSSLCert\nSSLCERTCLASS=COMODO_ESSENTIALSSL\nCSR0=',
    );
    const executed = await world.ok({ command: 'ExecuteOrder', orderid });
    const id = first(executed, 'sslcertid');
    const after = await world.ok({ command: 'QueryOrderList', orderid });
    expect(after.properties).toMatchObject({
      orderstatus: ['COMPLETED'],
      paymentstatus: ['PAID'],
      lastresponsecode: ['200'],
    });
    expect(decoded(first(after, 'lastresponse'))).toContain(`PROPERTY[SSLCERTID][0]=${id}\n`);
    expect(await world.refused({ command: 'ExecuteOrder', orderid })).toContain('549');
    expect(world.simulator.invoices()).toHaveLength(1);
  });

  it('lets a waiting command be changed and withdrawn', async () => {
    world = await startHexonet();
    const orderid = first(await order({ order: 'CREATE' }), 'orderid');
    await order({ order: 'UPDATE', orderid, period: 2 });
    const listed = await world.ok({ command: 'QueryOrderList', orderid, nototal: 1 });
    expect(decoded(first(listed, 'ordercommand'))).toContain('PERIOD=2');
    expect(listed.properties['total']).toBeUndefined();
    await world.ok({ command: 'DeleteOrder', orderid });
    expect(await world.refused({ command: 'ExecuteOrder', orderid })).toContain('545');
  });

  it('may take every order, and answer later', async () => {
    world = await startHexonet({ orderQueue: 'always', orderQueueDelayMs: 60_000 });
    const orderid = first(await order(), 'orderid');
    const wrong = first(await order({ domain0: 'other.example.test' }), 'orderid');
    const list = async (id: string): Promise<TextAnswer> =>
      world.ok({ command: 'QueryOrderList', orderid: id });
    expect(first(await list(orderid), 'orderstatus')).toBe('PENDING');
    world.clock.advance(60_000);
    const done = await list(orderid);
    const id = /PROPERTY\[SSLCERTID\]\[0\]=(\d+)/.exec(decoded(first(done, 'lastresponse')))?.[1] ?? '';
    expect(await world.status(id)).toBe('PENDINGCREATE');
    expect((await list(wrong)).properties).toMatchObject({
      orderstatus: ['FAILED'],
      lastresponsecode: ['541'],
      errorcount: ['1'],
    });
  });
});

it('has what was there before, and shows no key to those who look inside', async () => {
  world = await startHexonet();
  const csrPem = await csrFor([NAME]);
  const seeded = world.simulator.seed({
    names: [NAME],
    product: 'COMODO_ESSENTIALSSL',
    csrPem,
    notBefore: new Date('2026-05-01T00:00:00Z'),
    notAfter: new Date('2026-11-01T00:00:00Z'),
    paidUntil: new Date('2027-05-01T00:00:00Z'),
    dcvMethod: 'dns',
  });
  const status = await world.statusOf(seeded.certificateId);
  expect(status.properties).toMatchObject({
    status: ['ACTIVE'],
    orderreference: [seeded.orderId],
    expirationdate: ['2026-11-01 00:00:00'],
    registrationexpirationdate: ['2027-05-01 00:00:00'],
    validation: ['DNSZONE'],
  });
  expect(joined(status, 'crt')).toBe(seeded.certificate.leafPem);
  expect(world.simulator.invoices()).toEqual([]);
  await world.issued();
  expect(JSON.stringify(world.simulator.snapshot())).not.toMatch(/PRIVATE KEY/);
  expect(JSON.stringify(world.simulator.snapshot())).toMatch(/"key":"held"/);
});

it('is remembered without its keys', async () => {
  world = await startHexonet();
  const url = `${world.sandbox.vendors.get('hexonet')?.baseUrl}/api/call.cgi`;
  const lines = [...pemLines(RSA_KEY).map((line, index) => `PEM${index}=${line}`), `DOMAIN0=${NAME}`];
  const body = new URLSearchParams({
    s_entity: '1234',
    s_login: 'customer',
    s_pw: 'secret',
    s_command: ['COMMAND=createsslcert', 'SSLCERTCLASS=COMODO_ESSENTIALSSL', ...lines].join('\n'),
  });
  expect(await (await fetch(url, { method: 'POST', body })).text()).toContain('CODE=200');
  expect(world.sandbox.history.entries()).toEqual([
    {
      at: new Date('2026-10-01T08:00:00Z'),
      vendor: 'hexonet',
      command: 'CreateSSLCert',
      parameters: { SSLCERTCLASS: 'COMODO_ESSENTIALSSL', PEM: '***', DOMAIN: [NAME] },
      applied: true,
      httpStatus: 200,
      resultCode: '200',
    },
  ]);
});
