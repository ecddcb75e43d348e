import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/core/certificate.ts';
import { RenewdError } from '../../../../src/core/errors.ts';
import { node, parseXml, textAt } from '../../../../src/vendors/common/xml.ts';
import { redactorOf, throttleOf, urlOf, type Account } from '../../../../src/vendors/internetx/account.ts';
import { acceptedEnvelope } from '../../../../src/vendors/internetx/errors.ts';
import { parseXmlEnvelope, xmlRequest } from '../../../../src/vendors/internetx/xml-wire.ts';
import { jumpingClock, middling } from '../support.ts';

const account: Account = {
  user: 'robot & co',
  password: new Secret('p<>&"word'),
  context: 9,
  encoding: 'xml',
  language: 'de',
  requestsPerSecond: 2.5,
};

const status = '<status><code>S400104</code><text>ok</text><type>success</type></status>';

describe('request', () => {
  test('auth, language and one task, escaped', () => {
    const text = xmlRequest(account, { task: '0905', content: [node('a', '1')], ctid: 'ref-1' });
    const root = parseXml(text);
    expect(root.children.map(({ name }) => name)).toEqual(['auth', 'language', 'task']);
    expect(textAt(root, 'auth', 'user')).toBe('robot & co');
    expect(textAt(root, 'auth', 'password')).toBe('p<>&"word');
    expect(textAt(root, 'auth', 'context')).toBe('9');
    expect(textAt(root, 'language')).toBe('de');
    expect(root.children[2]?.children.map(({ name }) => name)).toEqual(['code', 'ctid', 'a']);
  });

  test('a password that XML cannot carry is a setting to mend, and is not shown', () => {
    const broken = { ...account, password: new Secret('pass\u0001word') };
    const thrown = errorOf(() => xmlRequest(broken, { task: '0905', content: [] }));
    expect(thrown.kind).toBe('configuration');
    expect(thrown.message).not.toContain('word\u0001');
  });
});

describe('envelope', () => {
  test('type in upper case, code, object, summary, data', () => {
    const envelope = parseXmlEnvelope(
      `<?xml version="1.0"?><response><result><data><summary>3</summary><certificate><id>1</id></certificate></data>
       <status><code>S400105</code><text>ok</text><type>success</type>
       <object><type>certificate</type><value>example.com</value></object></status></result></response>`,
    );
    expect(envelope).toMatchObject({
      type: 'SUCCESS',
      code: 'S400105',
      text: 'ok',
      reasons: [],
      object: { type: 'certificate', value: 'example.com', summary: 3 },
    });
    expect(textAt(envelope?.data, 'certificate', 'id')).toBe('1');
  });

  test.each([
    ['inside the result', `<response><result>${status}<stid>s-1</stid></result></response>`, 's-1'],
    ['beside it', `<response><result>${status}</result><stid>s-1</stid></response>`, 's-1'],
    ['nowhere', `<response><result>${status}</result></response>`, undefined],
  ])('stid %s', (_, text, stid) => {
    expect(parseXmlEnvelope(text)?.stid).toBe(stid);
  });

  test('reasons: beside or inside the status, without text, nested, as CDATA; bounded', () => {
    const text = `<response><result>
      <msg><code>EF01000</code><type>error</type><object><type>request.auth.context</type><value>"4"</value></object></msg>
      <msg><text><![CDATA[a < b]]></text><msg><code>EF400139</code></msg></msg>
      <status><code>E00000</code><type>error</type><msg><code>EF02022</code></msg></status></result></response>`;
    expect(parseXmlEnvelope(text)?.reasons).toEqual([
      { code: 'EF01000', text: undefined, about: 'request.auth.context' },
      { code: undefined, text: 'a < b', about: undefined },
      { code: 'EF400139', text: undefined, about: undefined },
      { code: 'EF02022', text: undefined, about: undefined },
    ]);
    const many = `<response><result>${'<msg><code>EF1</code></msg>'.repeat(900)}${status}</result></response>`;
    expect(parseXmlEnvelope(many)?.reasons).toHaveLength(50);
  });

  test.each([
    ['<response><result><status><code>N400101</code></status></result></response>', 'NOTIFY'],
    ['<response><result><status><type>notice</type></status></result></response>', 'NOTICE'],
  ])('a status of a code or a type only: %s', (text, type) => {
    expect(parseXmlEnvelope(text)?.type).toBe(type);
  });

  test.each([
    ['another document', `<answer><result>${status}</result></answer>`],
    ['no result', '<response/>'],
    ['two results', `<response><result>${status}</result><result>${status}</result></response>`],
    ['no status', '<response><result><data/></result></response>'],
    ['a status that says nothing', '<response><result><status/></result></response>'],
    ['JSON', '{"status":{"type":"SUCCESS"}}'],
    ['truncated', `<response><result>${status}`],
    ['entities of its own', `<!DOCTYPE x [<!ENTITY a "b">]><response><result>${status}</result></response>`],
  ])('none: %s', (_, text) => {
    expect(parseXmlEnvelope(text)).toBeUndefined();
  });

  test('cut, doubled or disturbed at any place it is an envelope, or none, and never throws', () => {
    const whole = `<response><result><data><certificate><id>1</id></certificate></data><msg><code>EF1</code></msg>${status}</result></response>`;
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(30), fc.string({ unit: 'binary' }), (at, cut, piece) => {
        for (const text of [
          whole.slice(0, at),
          whole.slice(0, at) + piece + whole.slice(at + cut),
          whole + piece,
        ]) {
          const envelope = parseXmlEnvelope(text);
          expect(envelope === undefined || typeof envelope.type === 'string').toBe(true);
        }
        expect('polluted' in {}).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what an answer means', () => {
  function meaning(text: string, repeatable = false): RenewdError {
    return errorOf(() => {
      acceptedEnvelope(
        200,
        parseXmlEnvelope(text),
        { command: 'CertificateCreate', repeatable },
        redactorOf(account),
      );
    });
  }

  test('errors come with HTTP 200', () => {
    const refused = meaning(
      '<response><result><msg><code>EF300101</code></msg><status><code>E400114</code><type>error</type></status></result></response>',
    );
    expect(refused.kind).toBe('not-found');
  });

  test('wrong credentials: a value below request.auth, or nothing at all that is to blame', () => {
    // The first is recorded in acmesh-official/acme.sh issue 5317.
    const recorded =
      '<response><result><msg><text>Missing or wrong value.</text><code>EF01000</code><type>error</type><object><type>request.auth.context</type><value>"4"</value></object></msg><status><code>E00000</code><text>Errors occurred during processing.</text><type>error</type></status></result><stid>20241008-app2-416159</stid></response>';
    expect(meaning(recorded).kind).toBe('authentication');
    expect(meaning(recorded).fields.stid).toBe('20241008-app2-416159');
    const bare =
      '<response><result><status><code>E00000</code><type>error</type></status></result></response>';
    expect(meaning(bare).kind).toBe('authentication');
    const other = recorded.replace('request.auth.context', 'request.task.code');
    expect(meaning(other).kind).toBe('rejected');
  });

  test.each(['', '<html>', `<response><result>${status}`])(
    'unreadable (%j): an order may have been placed',
    (text) => {
      expect(meaning(text).kind).toBe('outcome-unknown');
      expect(meaning(text, true).kind).toBe('protocol');
    },
  );

  test('the password is not shown, in none of its coats', () => {
    const echo = meaning(
      '<response><result><status><code>E1</code><text>p&lt;&gt;&amp;"word and p&amp;lt;&amp;gt;&amp;amp;"word</text><type>error</type></status></result></response>',
    );
    expect(echo.message).toContain('[secret] and [secret]');
  });
});

describe('account', () => {
  test('addresses by encoding, unless one is given', () => {
    expect(urlOf(account)).toBe('https://gateway.autodns.com');
    expect(urlOf({ ...account, encoding: 'json' })).toBe('https://api.autodns.com/v1');
    expect(urlOf({ ...account, url: 'https://own.example/gateway/' })).toBe('https://own.example/gateway/');
  });

  test('one pace per host and login', () => {
    const asked: string[] = [];
    const dependencies = {
      clock: jumpingClock(),
      random: middling,
      observe: () => undefined,
      throttleOf: (name: string) => {
        asked.push(name);
        return { run: <T>(_: AbortSignal, fn: () => Promise<T>) => fn(), pause: () => undefined };
      },
    };
    throttleOf(account, dependencies);
    throttleOf({ ...account, context: 4 }, dependencies);
    throttleOf({ ...account, url: 'https://own.example/gateway/', user: 'other' }, dependencies);
    expect(asked).toEqual([
      'internetx gateway.autodns.com robot & co',
      'internetx gateway.autodns.com robot & co',
      'internetx own.example other',
    ]);
  });
});

function errorOf(fn: () => unknown): RenewdError {
  try {
    fn();
  } catch (thrown) {
    if (thrown instanceof RenewdError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}
