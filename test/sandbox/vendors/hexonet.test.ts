/** HEXONET: the wire, who may speak, sessions, and how requests are refused. */
import { afterEach, describe, expect, it } from 'vitest';
import { CREDENTIALS, first, LOGIN, startHexonet } from './hexonet-kit.ts';
import type { HexonetWorld } from './hexonet-kit.ts';
import { bodyText, csrFor, requestTo } from './kit.ts';
import { parseAnswer, pemLines } from './rrpproxy-kit.ts';

let world: HexonetWorld;
afterEach(() => world.close());

async function raw(method: string, target: string, body = '', headers = {}): Promise<string> {
  return bodyText(await world.simulator.handle(requestTo(method, target, body, headers)));
}
const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

describe('answers', () => {
  const command = form({ ...CREDENTIALS, s_command: 'COMMAND=StatusUser\nRELATIONS=0' });

  it('are written as on the live system', async () => {
    world = await startHexonet();
    const text = await raw('POST', '/api/call.cgi', command);
    expect(text).toMatch(/^\[RESPONSE\]\r\nPROPERTY\[ACCOUNTCREDIT\]\[0\]=0\.00\r\n/);
    expect(text).toMatch(
      /DESCRIPTION=Command completed successfully\r\nCODE=200\r\nQUEUETIME=0\r\nRUNTIME=[\d.]+\r\nEOF\r\n$/,
    );
  });

  it.each([
    [
      'rrp',
      /^\[RESPONSE\]\ncode = 200\ndescription = .*\nqueuetime = 0\n[^]*property\[user\]\[0\] = customer\nEOF\n$/,
    ],
    [
      'document',
      /^\[RESPONSE\]\nCODE = 200\nDESCRIPTION = .*\nPROPERTY\[[^]*PROPERTY\[USER\]\[0\] = customer\nEOF\n$/,
    ],
    ['knowledge-base', /^CODE +=\s200\nDESCRIPTION +=\s[^]*PROPERTY\[USER\]\[0\] +=\scustomer$/],
  ] as const)('in the style "%s" say the same', async (style, form_) => {
    world = await startHexonet();
    const live = parseAnswer(await raw('POST', '/api/call.cgi', command));
    await world.close();
    world = await startHexonet({ style });
    const text = await raw('POST', '/api/call.cgi', command);
    expect(text).toMatch(form_);
    expect(parseAnswer(text).properties).toEqual(live.properties);
  });
});

describe('requests', () => {
  it.each([
    ['form', 'application/x-www-form-urlencoded'],
    ['text, as the published client sends it', 'text/plain;charset=UTF-8'],
    ['JSON, which it is not', 'application/json'],
  ])('are read whatever they say they are: %s', async (_, type) => {
    world = await startHexonet();
    const body = form({ ...CREDENTIALS, s_command: 'COMMAND=StatusUser' });
    expect(await raw('POST', '/api/call.cgi', body, { 'content-type': type })).toContain('CODE=200');
  });

  it('come by GET, one parameter per attribute, in any case', async () => {
    world = await startHexonet();
    const query = form({ ...CREDENTIALS, Command: 'queryDNSzoneList', dnszone: 'example*' });
    expect(await raw('GET', `/api/call.cgi?${query}`)).toContain('PROPERTY[DNSZONE][0]=example.test.');
  });

  it('come with the header and the end the documents print', async () => {
    world = await startHexonet();
    const s_command = '[COMMAND]\ncommand = StatusUser\nrelations = 0\nEOF\n';
    expect(await raw('POST', '/api/call.cgi', form({ ...CREDENTIALS, s_command }))).toContain('CODE=200');
  });

  it('anywhere else find nothing', async () => {
    world = await startHexonet();
    expect(await world.simulator.handle(requestTo('POST', '/api/call'))).toMatchObject({ status: 404 });
    expect(await world.simulator.handle(requestTo('PUT', '/api/call.cgi'))).toMatchObject({ status: 405 });
  });

  it.each([
    ['no command', {}, '507 Invalid command format; COMMAND'],
    ['an unknown command', { command: 'AddCertificate' }, '500 Invalid command name; AddCertificate'],
    [
      'unknown parameters',
      { command: 'StatusSSLCert', sslcertid: '1', apiversion: 2, last: 3 },
      '503 Invalid attribute name; APIVERSION/LAST',
    ],
    [
      'a number out of range',
      { command: 'CreateSSLCert', domain999: 'a.example' },
      '503 Invalid attribute name; DOMAIN999',
    ],
    ['a missing parameter', { command: 'StatusSSLCert' }, '504 Missing required attribute; SSLCERTID'],
    [
      'an empty one',
      { command: 'StatusSSLCert', sslcertid: '' },
      '504 Missing required attribute; SSLCERTID',
    ],
    [
      'a name of the prototype',
      { command: 'StatusUser', constructor0: 'x' },
      '503 Invalid attribute name; CONSTRUCTOR0',
    ],
    [
      'a flag that is none',
      { command: 'QuerySSLCertList', wide: 'yes' },
      '505 Invalid attribute value syntax; WIDE',
    ],
    [
      'a number that is none',
      { command: 'QuerySSLCertList', first: '-1' },
      '505 Invalid attribute value syntax; FIRST',
    ],
    [
      'a date that is none',
      { command: 'QuerySSLCertList', mincreateddate: 'yesterday' },
      '505 Invalid attribute value syntax; MINCREATEDDATE',
    ],
    [
      'what is not there',
      { command: 'StatusSSLCert', sslcertid: '3029900396' },
      '545 Object not found; 3029900396',
    ],
  ])('are refused: %s', async (_, input, refusal) => {
    world = await startHexonet();
    expect(await world.refused(input)).toBe(refusal);
  });

  it('with unknown parameters pass where the vendor looks away', async () => {
    world = await startHexonet({ unknownParameters: 'ignore' });
    expect((await world.call({ command: 'StatusUser', nonsense: 1 })).code).toBe(200);
  });

  it('too many in a second lock the account for a while', async () => {
    world = await startHexonet({ rateLimit: { perSecond: 2, lockMs: 60_000 } });
    const ask = { command: 'StatusUser' };
    await world.ok(ask);
    await world.ok(ask);
    expect(await world.refused(ask)).toBe('425 Service temporarily locked; usage exceeded');
    world.clock.advance(59_000);
    expect(await world.refused(ask)).toContain('425');
    world.clock.advance(60_001);
    await world.ok(ask);
  });
});

describe('who may speak', () => {
  const ask = { command: 'StatusUser' };
  it.each([
    ['a wrong password', { s_pw: 'guess' }],
    ['an unknown login', { s_login: 'nobody' }],
    ['no entity', { s_entity: '' }],
    ['an unknown entity', { s_entity: '99' }],
    ['a session that never was', { s_session: 'x' }],
  ])('not %s', async (_, wrong) => {
    world = await startHexonet();
    expect((await world.call(ask, { ...CREDENTIALS, ...wrong })).code).toBe(530);
  });

  it('a login of one system is none in the other', async () => {
    world = await startHexonet({}, [{ ...LOGIN, entity: '54cd' }]);
    expect((await world.call(ask)).code).toBe(530);
    expect((await world.call(ask, { ...CREDENTIALS, s_entity: '54cd' })).code).toBe(200);
  });

  it('a one-time password is asked for once', async () => {
    world = await startHexonet({}, [{ ...LOGIN, oneTimePassword: '123456' }]);
    expect((await world.call(ask)).code).toBe(530);
    const opened = await world.call({ command: 'StartSession' }, { ...CREDENTIALS, s_otp: '123456' });
    const session = { s_entity: '1234', s_session: first(opened, 'session') };
    expect((await world.call(ask, session)).code).toBe(200);
  });

  it('a role speaks for its account, a sub-user view shows its own things', async () => {
    world = await startHexonet({}, [
      { ...LOGIN, subusers: ['shop'] },
      { login: 'customer!robot', password: 'r2' },
    ]);
    const role = { s_entity: '1234', s_login: 'customer!robot', s_pw: 'r2' };
    expect(first(await world.call(ask, role), 'user')).toBe('customer');
    const view = { ...CREDENTIALS, s_user: 'shop' };
    expect(first(await world.call(ask, view), 'user')).toBe('shop');
    expect((await world.call(ask, { ...CREDENTIALS, s_user: 'other' })).code).toBe(531);
    const csr = pemLines(await csrFor(['a.example.test']));
    const input = { command: 'CreateSSLCert', sslcertclass: 'COMODO_ESSENTIALSSL', csr };
    const id = first(await world.call(input, view), 'sslcertid');
    expect((await world.call({ command: 'StatusSSLCert', sslcertid: id }, view)).code).toBe(200);
    expect((await world.call({ command: 'StatusSSLCert', sslcertid: id })).code).toBe(545);
  });
});

describe('sessions', () => {
  const ask = { command: 'StatusUser' };
  async function open(input = {}): Promise<Record<string, string>> {
    const answer = await world.ok({ command: 'StartSession', ...input });
    expect(Object.keys(answer.properties)).toEqual(['session']);
    expect(first(answer, 'session')).toMatch(/^[A-Za-z0-9]{64}$/);
    return { s_entity: '1234', s_session: first(answer, 'session') };
  }
  const code = async (session: Record<string, string>): Promise<number> =>
    (await world.call(ask, session)).code;

  it('stand in for the password until they are ended', async () => {
    world = await startHexonet();
    const session = await open();
    expect(await code(session)).toBe(200);
    expect(await code({ ...session, s_entity: '54cd' })).toBe(530);
    expect((await world.call({ command: 'EndSession' }, session)).code).toBe(200);
    expect((await world.call(ask, session)).description).toBe('Authentication failed; SESSION NOT FOUND');
  });

  it('end when nobody uses them, or when their time is over', async () => {
    world = await startHexonet();
    const idle = await open();
    const used = await open({ maxttl: 1000 });
    world.clock.advance(599_000);
    expect(await code(used)).toBe(200);
    world.clock.advance(1000);
    expect(await code(idle)).toBe(530);
    world.clock.advance(399_000);
    expect(await code(used)).toBe(200);
    world.clock.advance(1000);
    expect(await code(used)).toBe(530);
  });

  it('have times within bounds, and may end with the code one page gives', async () => {
    world = await startHexonet({ expiredSessionCode: 507, sessionsMax: 1 });
    expect(await world.refused({ command: 'StartSession', timeout: 59 })).toContain('505');
    expect(await world.refused({ command: 'StartSession', maxttl: 86_401 })).toContain('505');
    const session = await open({ timeout: 60 });
    expect(await world.refused({ command: 'StartSession' })).toContain('521');
    world.clock.advance(60_000);
    expect(await code(session)).toBe(507);
    await open();
  });

  it('are lost when it is ordered', async () => {
    world = await startHexonet();
    const session = await open();
    world.sandbox.faults.add({ vendor: 'hexonet', command: 'StatusUser', kind: 'session-loss' });
    const url = `${world.sandbox.vendors.get('hexonet')?.baseUrl}/api/call.cgi`;
    const post = async (): Promise<string> => {
      const answer = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ ...session, s_command: 'COMMAND=StatusUser' }),
      });
      return answer.text();
    };
    expect(await post()).toContain('CODE=530');
    expect(world.sandbox.history.entries()).toMatchObject([{ command: 'StatusUser', fault: 'session-loss' }]);
  });
});

describe('StatusUser', () => {
  it('shows the properties of the example, and prices as relations', async () => {
    world = await startHexonet({ prices: { COMODO_ESSENTIALSSL: 9.5 } });
    const short = await world.ok({ command: 'StatusUser', relations: 0 });
    expect(Object.keys(short.properties).sort()).toEqual(
      (
        'accountcredit accountcurrency accountcurrent accountdeposit accountpayment accounttaxrates ' +
        'accounttempcredit accountvat accountvolume active createddate otpstatus parentuser updateddate user'
      ).split(' '),
    );
    const long = await world.ok({ command: 'StatusUser' });
    const types = long.properties['relationtype'] ?? [];
    const prices = long.properties['relationvalue'] ?? [];
    expect(prices[types.indexOf('PRICE_CLASS_SSLCERT_COMODO_ESSENTIALSSL_ANNUAL')]).toBe('9.50');
    expect(prices[types.indexOf('PRICE_CLASS_SSLCERT_COMODO_ESSENTIALSSL_CURRENCY')]).toBe('EUR');
  });
});

describe('events', () => {
  it('are listed, read and deleted; none is about certificates', async () => {
    world = await startHexonet();
    world.simulator.queueForeignEvent();
    const list = await world.ok({ command: 'QueryEventList', wide: 1, min_date: '2026-01-01 00:00:00' });
    expect(list.properties).toMatchObject({
      total: ['1'],
      eventclass: ['DOMAIN_TRANSFER'],
      eventsubclass: ['TRANSFER_PENDING'],
      eventdata0: ['domain:unrelated.example'],
      eventdata3: [''],
      eventdate: ['2026-10-01 08:00:00'],
    });
    const event = first(list, 'event');
    const one = await world.ok({ command: 'StatusEvent', event });
    expect(one.properties).toEqual({
      class: ['DOMAIN_TRANSFER'],
      data: ['domain:unrelated.example'],
      date: ['2026-10-01 08:00:00.0'],
      info: ['USERTRANSFER%3a%20unrelated%20%2d%3e%20customer'],
      subclass: ['TRANSFER_PENDING'],
    });
    await world.ok({ command: 'DeleteEvent', event });
    expect(await world.refused({ command: 'StatusEvent', event })).toContain('545');
    world.simulator.redeliverLastEvent();
    const again = await world.ok({ command: 'QueryEventList', limit: 'ONLYLAST' });
    expect(again.properties['event']).toEqual([event]);
    world.simulator.redeliverLastEvent();
    expect((await world.ok({ command: 'QueryEventList' })).properties['event']).toHaveLength(2);
  });
});

it('answers an ordered code in its own words', async () => {
  world = await startHexonet();
  expect(bodyText(world.simulator.errorAnswer('421'))).toContain(
    'DESCRIPTION=Command failed due to server error. Client should try again\r\nCODE=421',
  );
});
