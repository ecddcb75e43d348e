/** HEXONET over EPP: TLS, framing, session, and the key-value extension; the world behind is HTTP's. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bare, epp, HELLO, inCommand, KEYVALUE, login, LOGOUT } from './hexonet-epp-client.ts';
import { ENTER, eppClients, STATUS_USER } from './hexonet-epp-kit.ts';
import { cname, first, LOGIN, NAME, publishRecords, startHexonet } from './hexonet-kit.ts';
import type { HexonetWorld } from './hexonet-kit.ts';
import { csrFor } from './kit.ts';
import { pemLines } from './rrpproxy-kit.ts';

let world: HexonetWorld;
const server = eppClients(() => world);
afterEach(async () => {
  server.closeAll();
  await world.close();
});

describe('connection', () => {
  beforeEach(async () => {
    world = await startHexonet();
  });

  it('is TLS that can be verified for 127.0.0.1 and localhost, by nobody else', async () => {
    const { host, port, caPem } = server.address();
    expect(host).toBe('127.0.0.1');
    const socket = connect({ host, port, ca: caPem, servername: 'localhost' });
    await once(socket, 'secureConnect');
    const certificate = new X509Certificate(socket.getPeerCertificate().raw);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost('epp.ispapi.net')).toBeUndefined();
    socket.destroy();
    const stranger = connect({ host, port, ca: world.sandbox.ca.rootPem });
    await expect(once(stranger, 'secureConnect')).rejects.toThrow(/certificate/);
  });

  it('greets, once of itself and once when asked', async () => {
    const client = await server.open();
    const greeting = await client.frame();
    for (const part of [
      '<svDate>2026-10-01T08:00:00.000Z</svDate>',
      '<version>1.0</version>',
      '<lang>en</lang>',
      `<svcExtension><extURI>${KEYVALUE}</extURI></svcExtension>`,
      '<dcp>',
    ]) {
      expect(greeting).toContain(part);
    }
    client.send(HELLO);
    expect(await client.frame()).toContain('<greeting>');
  });

  it('frames are counted with their four bytes, however they arrive', async () => {
    const client = await server.connected();
    const body = Buffer.from(HELLO);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length + 4);
    for (const byte of Buffer.concat([length, body])) client.socket.write(Buffer.of(byte));
    expect(await client.frame()).toContain('<greeting>');
    client.send(ENTER);
    client.send(STATUS_USER);
    client.send(LOGOUT);
    expect((await client.reply()).code).toBe(1000);
    expect((await client.reply()).pairs['USER']).toBe('customer');
    expect(await client.reply()).toMatchObject({ code: 1500, clientId: 'BYE-1' });
    await client.ended();
  });

  it.each([
    ['shorter than itself', [0, 0, 0, 3]],
    ['empty', [0, 0, 0, 4]],
    ['without end', [0xff, 0xff, 0xff, 0xff]],
    ['of another protocol', [...Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
    ['no text', [0, 0, 0, 6, 0xff, 0xfe]],
  ])('ends at a frame that is %s', async (_, bytes) => {
    const client = await server.connected();
    client.socket.write(Buffer.from(bytes));
    await client.ended();
    expect(client.rest()).toHaveLength(0);
  });

  it('shows in the control API, with whom to trust', async () => {
    const { host, port, caPem } = server.address();
    const about: unknown = await (await fetch(world.sandbox.controlUrl)).json();
    expect(about).toMatchObject({ epp: { hexonet: `${host}:${port}` } });
    const pem = await fetch(`${world.sandbox.controlUrl}/vendors/hexonet/epp-ca.pem`);
    expect(await pem.text()).toBe(caPem);
    expect((await fetch(`${world.sandbox.controlUrl}/vendors/acme/epp-ca.pem`)).status).toBe(404);
  });
});

describe('session', () => {
  beforeEach(async () => {
    world = await startHexonet({ eppConnectionsMax: 2 });
  });

  it('asks for a login first', async () => {
    const client = await server.connected();
    for (const xml of [STATUS_USER, LOGOUT, inCommand(['COMMAND=StatusUser'], 'ABC-1')]) {
      expect((await client.ask(xml)).code).toBe(2002);
    }
    expect((await client.ask(ENTER)).code).toBe(1000);
    expect(await client.ask(ENTER)).toMatchObject({ code: 2002, clientId: 'LOGIN-1' });
    expect((await client.ask(STATUS_USER)).code).toBe(1000);
  });

  it.each([
    ['another version', { version: '2.0' }, 2100],
    ['another language', { lang: 'de' }, 2102],
    ['another object', { objects: ['urn:example:car-1.0'] }, 2307],
    ['another extension', { extensions: [KEYVALUE, 'urn:ietf:params:xml:ns:secDNS-1.1'] }, 2103],
    ['a wrong password', { password: 'guess' }, 2200],
  ])('is refused with %s', async (_, wrong, code) => {
    const client = await server.connected();
    const answer = await client.ask(login({ account: LOGIN.login, password: LOGIN.password, ...wrong }));
    expect(answer).toMatchObject({ code, clientId: 'LOGIN-1' });
    expect((await client.ask(STATUS_USER)).code).toBe(2002);
  });

  it('may name the extension among the objects too, and cannot do without it', async () => {
    const both = await server.connected();
    expect(
      (await both.ask(login({ account: 'customer', password: 'secret', objects: [KEYVALUE] }))).code,
    ).toBe(1000);
    const none = await server.connected();
    expect((await none.ask(login({ account: 'customer', password: 'secret', extensions: [] }))).code).toBe(
      1000,
    );
    expect((await none.ask(STATUS_USER)).code).toBe(2103);
  });

  it('ends at the third wrong password', async () => {
    const client = await server.connected();
    const wrong = login({ account: 'customer', password: 'guess' });
    expect([(await client.ask(wrong)).code, (await client.ask(wrong)).code]).toEqual([2200, 2200]);
    expect((await client.ask(wrong)).code).toBe(2501);
    await client.ended();
  });

  it('is one of a few at a time', async () => {
    const one = await server.loggedIn();
    await server.loggedIn();
    const third = await server.connected();
    expect((await third.ask(ENTER)).code).toBe(2502);
    await third.ended();
    expect((await one.ask(LOGOUT)).code).toBe(1500);
    await one.ended();
    // The server notices the end of a connection a moment after the client does.
    await expect.poll(async () => (await (await server.connected()).ask(ENTER)).code).toBe(1000);
  });

  it('that nobody used for long is over', async () => {
    const client = await server.loggedIn();
    world.clock.advance(600_000);
    expect(await client.ask(STATUS_USER)).toMatchObject({
      code: 2500,
      reason: 'the session has ended',
      pairs: {},
    });
    await client.ended();
  });
});

describe('idle connections', () => {
  it('are closed', async () => {
    world = await startHexonet({ eppIdleMs: 50 });
    const client = await server.connected();
    expect(await client.frame()).toBeUndefined();
  });
});

describe('commands', () => {
  beforeEach(async () => {
    world = await startHexonet();
  });

  it('answer in the form of the document, bare and inside of a command', async () => {
    const client = await server.loggedIn();
    const lines = ['COMMAND=CreateSSLCert', 'SSLCERTCLASS=COMODO_ESSENTIALSSL', 'VALIDATION0=DNSZONE'];
    const csr = pemLines(await csrFor([NAME])).map((line, index) => `CSR${index}=${line}`);
    const answer = await client.ask(bare([...lines, ...csr]));
    expect(answer).toMatchObject({
      code: 1001,
      message: 'Command completed successfully; action pending',
      reason: '200 Command completed successfully',
      clientId: undefined,
    });
    expect(answer.serverId).toMatch(/^RW-[A-Z0-9]{4}-[A-Z0-9]{16}$/);
    // As printed, blanks between elements aside.
    expect(answer.xml.replace(/>\s+</g, '><')).toContain(
      '<response><result code="1001"><msg>Command completed successfully; action pending</msg><extValue>' +
        '<value xmlns:epp="urn:ietf:params:xml:ns:epp-1.0"><epp:undef/></value>' +
        '<reason>200 Command completed successfully</reason></extValue></result><extension>' +
        `<keyvalue:extension xmlns:keyvalue="${KEYVALUE}" xsi:schemaLocation="${KEYVALUE} keyvalue-1.0.xsd">` +
        '<keyvalue:kv key="',
    );
    expect(cname(answer.pairs['VALIDATIONDNSRR'] ?? '').name).toContain(NAME);
    expect(answer.pairs['VALIDATIONURL']).toBeNull();
    expect([answer.pairs['CSR'], answer.pairs['CSR1']?.slice(0, 2)]).toEqual([
      '-----BEGIN CERTIFICATE REQUEST-----',
      'MI',
    ]);
    const again = await client.ask(inCommand(['COMMAND=QuerySSLCertList'], 'ABC-12345'));
    expect(again).toMatchObject({ code: 1000, clientId: 'ABC-12345' });
    expect(again.pairs['SSLCERTID']).toBe(answer.pairs['SSLCERTID']);
  });

  it('have the same world behind them as HTTP', async () => {
    const client = await server.loggedIn();
    const csr = await csrFor([NAME]);
    const order = await world.ok({
      command: 'CreateSSLCert',
      sslcertclass: 'COMODO_ESSENTIALSSL',
      csr: pemLines(csr),
      validation0: 'DNSZONE',
    });
    const id = first(order, 'sslcertid');
    publishRecords(world.sandbox, order);
    await world.sandbox.tick();
    const status = await client.ask(bare(['command=statussslcert', `sslcertid=${id}`]));
    expect(status.pairs).toMatchObject({ STATUS: 'ACTIVE', SSLCERTID: id, VALIDATIONURL: null });
    const lines = [status.pairs['CRT']];
    for (let index = 1; status.pairs[`CRT${index}`] !== undefined; index += 1)
      lines.push(status.pairs[`CRT${index}`]);
    expect(new X509Certificate(lines.join('\n')).checkHost(NAME)).toBe(NAME);
    const update = ['COMMAND=UpdateDNSZone', 'DNSZONE=example.test.', `ADDRR0=x IN TXT "<a> & 'b'"`];
    expect((await client.ask(bare(update))).pairs['SOASERIAL']).toMatch(/^\d+$/);
    expect(world.sandbox.dns.records('x.example.test', 'TXT')).toEqual(["<a> & 'b'"]);
    const list = await client.ask(
      bare(['COMMAND=QueryDNSZoneRRList', 'DNSZONE=example.test.', 'RRTYPE=TXT']),
    );
    expect(list.pairs['RR']).toBe(`x.example.test. 60 IN TXT "<a> & 'b'"`);
    expect(
      await world.call({
        command: 'UpdateDNSZone',
        dnszone: 'example.test.',
        addrr: [list.pairs['RR'] ?? ''],
      }),
    ).toMatchObject({ code: 541 });
    expect(await client.ask(bare(update))).toMatchObject({
      code: 2306,
      reason: `541 Invalid attribute value; duplicate record [x.example.test. 60 IN TXT "<a> & 'b'"]`,
    });
  });

  it.each([
    ['CreateDomain', [], 2000, '500 Invalid command name; CreateDomain'],
    ['StatusSSLCert', ['NONSENSE=1'], 2005, '503 Invalid attribute name; NONSENSE'],
    ['StatusSSLCert', [], 2003, '504 Missing required attribute; SSLCERTID'],
    ['StatusSSLCert', ['SSLCERTID=1'], 2303, '545 Object not found; 1'],
    ['QuerySSLCertList', ['WIDE=2'], 2005, '505 Invalid attribute value syntax; WIDE'],
    [
      'StatusDNSZone',
      ['DNSZONE=example.test'],
      2004,
      '506 Invalid option value; Syntax error in parameter: DNSZONE',
    ],
    ['CreateDNSZone', ['DNSZONE=example.test.'], 2302, '540 Attribute value is not unique; zone'],
    ['CreateSSLCert', ['SSLCERTCLASS=NONE'], 2306, '541 Invalid attribute value; SSLCERTCLASS'],
    [
      'CreateSSLCert',
      ['SSLCERTCLASS=COMODO_ESSENTIALSSL', 'DOMAIN0=credit-me.example.test'],
      2104,
      '546 Credit limit exceeded',
    ],
    ['StatusUser', ['SUBUSER=other'], 2201, '531 Authorization failed; SUBUSER'],
    // Sessions are EPP's own here.
    ['StartSession', [], 2000, '500 Invalid command name; StartSession'],
  ])('that fail say why: %s %j', async (command, lines, code, reason) => {
    const client = await server.loggedIn();
    expect(await client.ask(bare([`COMMAND=${command}`, ...lines]))).toMatchObject({
      code,
      reason,
      pairs: {},
    });
  });

  it.each<[string, string, number]>([
    ['no XML', 'COMMAND=StatusUser', 2001],
    ['no EPP', '<epp><hello/></epp>', 2001],
    ['two messages', epp('<hello/><hello/>'), 2001],
    ['nothing', epp(''), 2001],
    ['a command of nothing', epp('<command/>'), 2001],
    ['a response', epp('<response/>'), 2001],
    [
      'a document type',
      `<!DOCTYPE epp [<!ENTITY x SYSTEM "file:///etc/passwd">]>${HELLO.slice(HELLO.indexOf('<epp'))}`,
      2001,
    ],
    ['an entity of its own', epp('<command><login><clID>&x;</clID></login></command>'), 2001],
    ['a prefix of nobody', epp('<x:hello/>'), 2001],
    ['elements that cross', epp('<command><logout></command></logout>'), 2001],
    ['depth without end', epp('<a>'.repeat(5000)), 2001],
    ['too deep', epp(`<command><logout>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</logout></command>`), 2001],
    ['the same attribute twice', STATUS_USER.replace("value='0'", "value='0' value='0'"), 2001],
    ['the same key twice', bare(['COMMAND=StatusUser', 'command=StatusUser']), 2001],
    [
      'a value of two lines',
      bare(['COMMAND=StatusUser', 'RELATIONS=0']).replace("value='0'", "value='0&#10;X=1'"),
      2001,
    ],
    ['a short id', inCommand(['COMMAND=StatusUser'], 'AB'), 2001],
    [
      'an object of EPP',
      epp(
        '<command><check><domain:check xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"/></check></command>',
      ),
      2101,
    ],
    ['a verb nobody knows', epp('<command><frobnicate/></command>'), 2000],
    ['another extension', epp('<extension><x xmlns="urn:example"/></extension>'), 2103],
  ])('that are %s are refused, and the session goes on', async (_, xml, code) => {
    const client = await server.loggedIn();
    expect((await client.ask(xml)).code).toBe(code);
    expect((await client.ask(STATUS_USER)).code).toBe(1000);
  });

  it('may come with CDATA, comments, other prefixes and a byte order mark', async () => {
    const client = await server.loggedIn();
    const xml =
      `\uFEFF<?xml version='1.0'?><!-- hello --><e:epp xmlns:e="urn:ietf:params:xml:ns:epp-1.0"><e:command>` +
      `<e:extension><extension xmlns="${KEYVALUE}"><kv key="COMMAND" value="StatusUser"/><!-- more --><kv key="RELATIONS"\nvalue='&#48;'></kv>` +
      `</extension></e:extension><e:clTRID><![CDATA[A<B>&C]]></e:clTRID></e:command></e:epp>\n`;
    const answer = await client.ask(xml);
    expect(answer.code).toBe(1000);
    expect(answer.xml).toContain('<clTRID>A&#60;B&#62;&#38;C</clTRID>');
  });

  it('write an empty value where that is wanted', async () => {
    await world.close();
    world = await startHexonet({ eppNull: 'empty-value' });
    const client = await server.loggedIn();
    const answer = await client.ask(bare(['COMMAND=StatusDNSZone', 'DNSZONE=example.test.']));
    expect(answer.pairs['PEERUSER']).toBe('');
  });
});

it('listens where it is told', async () => {
  world = await startHexonet();
  const free = server.address().port;
  await world.close();
  world = await startHexonet({}, undefined, { 'hexonet-epp': free });
  expect(server.address().port).toBe(free);
  await server.loggedIn();
});
