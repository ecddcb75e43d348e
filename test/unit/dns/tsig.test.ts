import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/core/certificate.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { opcodes, rcodes, recordClasses, recordTypes, tsigErrors } from '../../../src/dns/codes.ts';
import { blankHeader, decodeMessage, encodeMessage, type Message } from '../../../src/dns/message.ts';
import type { TsigData } from '../../../src/dns/record-data.ts';
import { createTsigKey, signMessage, verifyAnswer, type TsigKey } from '../../../src/dns/tsig.ts';
import { answerMac } from './tsig-answer.ts';

const now = new Date('2026-11-21T12:00:00Z');
const seconds = now.getTime() / 1000;
const secretText = Buffer.alloc(32, 1).toString('base64');
const key = createTsigKey('Renewd.', 'hmac-sha256', new Secret(secretText));

const request = encodeMessage({
  header: blankHeader(0x1234, opcodes.update),
  questions: [{ name: 'example.test', type: recordTypes.SOA, class: recordClasses.IN }],
  answers: [],
  authorities: [],
  additionals: [],
});
const answer = encodeMessage({
  ...decodeMessage(request),
  header: { ...decodeMessage(request).header, response: true },
});

interface Change {
  readonly data?: Partial<TsigData>;
  readonly keyName?: string;
  readonly signWith?: string;
}

/** An answer as a server would sign it; the MAC is made by code of the test's own. */
function signedAnswer(mac: Uint8Array, change: Change = {}): Uint8Array {
  const data: TsigData = {
    kind: 'TSIG',
    algorithm: 'hmac-sha256',
    timeSigned: seconds,
    fudge: 300,
    mac: new Uint8Array(),
    originalId: 0x1234,
    error: 0,
    other: new Uint8Array(),
    ...change.data,
  };
  const name = change.keyName ?? 'renewd';
  const whole: TsigData =
    change.data?.mac === undefined
      ? { ...data, mac: answerMac(change.signWith ?? secretText, name, answer, data, mac) }
      : data;
  const message: Message = decodeMessage(answer);
  const record = { name, type: recordTypes.TSIG, class: recordClasses.ANY, ttl: 0, data: whole };
  return encodeMessage({ ...message, additionals: [record] });
}

describe('a request', () => {
  test('carries key, time, fudge and original id, and is otherwise unchanged', () => {
    const { bytes, mac } = signMessage(request, key, now);
    const signed = decodeMessage(bytes);
    expect({ ...signed, additionals: [] }).toEqual(decodeMessage(request));
    expect(signed.additionals).toEqual([
      {
        name: 'renewd',
        type: recordTypes.TSIG,
        class: recordClasses.ANY,
        ttl: 0,
        data: {
          kind: 'TSIG',
          algorithm: 'hmac-sha256',
          timeSigned: seconds,
          fudge: 300,
          mac,
          originalId: 0x1234,
          error: 0,
          other: new Uint8Array(),
        },
      },
    ]);
    expect(bytes.subarray(12, request.length)).toEqual(request.subarray(12));
  });

  test.for([
    ['hmac-sha256', 32],
    ['hmac-sha384', 48],
    ['hmac-sha512', 64],
  ] as const)('%s has %i octets of MAC', ([algorithm, length]) => {
    const { mac } = signMessage(request, createTsigKey('k', algorithm, new Secret(secretText)), now);
    expect(mac).toHaveLength(length);
  });
});

describe('an answer', () => {
  const { mac } = signMessage(request, key, now);
  const judge = (bytes: Uint8Array, at = now, by: TsigKey = key): ReturnType<typeof verifyAnswer> =>
    verifyAnswer(bytes, by, mac, at);

  test('is verified when signed over our request with our key', () => {
    expect(judge(signedAnswer(mac))).toEqual({ kind: 'verified' });
    expect(judge(signedAnswer(mac, { keyName: 'RENEWD', data: { algorithm: 'HMAC-SHA256' } }))).toEqual({
      kind: 'verified',
    });
  });

  test('without a signature is unsigned', () => {
    expect(judge(answer)).toEqual({ kind: 'unsigned' });
  });

  test('to another request, by another key, or with a shortened MAC is forged', () => {
    expect(judge(signedAnswer(mac.map((octet) => octet ^ 1)))).toMatchObject({ kind: 'forged' });
    expect(judge(signedAnswer(mac, { signWith: Buffer.alloc(32, 9).toString('base64') }))).toMatchObject({
      kind: 'forged',
    });
    expect(judge(signedAnswer(mac, { keyName: 'other' }))).toEqual({
      kind: 'forged',
      reason: 'signed with another key',
    });
    expect(judge(signedAnswer(mac, { data: { algorithm: 'hmac-sha512' } }))).toMatchObject({
      kind: 'forged',
    });
    const whole = decodeMessage(signedAnswer(mac)).additionals[0]?.data;
    const short = whole?.kind === 'TSIG' ? whole.mac.subarray(0, 16) : new Uint8Array();
    expect(judge(signedAnswer(mac, { data: { mac: short } }))).toMatchObject({ kind: 'forged' });
    expect(judge(signedAnswer(mac, { data: { error: tsigErrors.BADTRUNC } }))).toMatchObject({
      kind: 'forged',
    });
  });

  function outcome(bytes: Uint8Array): string {
    try {
      return judge(bytes).kind;
    } catch (error) {
      if (error instanceof RenewdError) return error.kind;
      throw error;
    }
  }

  test('changed in any one octet is never verified', () => {
    const bytes = signedAnswer(mac);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        // The id is restored from the record, and upper case in names is the same name: neither is protected.
        const unprotected = at < 2 || (flip === 0x20 && at >= answer.length);
        expect(unprotected || outcome(changed) !== 'verified').toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('BADKEY and BADSIG come unsigned and are told', () => {
    const none = { mac: new Uint8Array() };
    expect(judge(signedAnswer(mac, { data: { ...none, error: tsigErrors.BADKEY } }))).toEqual({
      kind: 'key-refused',
    });
    expect(judge(signedAnswer(mac, { data: { ...none, error: tsigErrors.BADSIG } }))).toEqual({
      kind: 'signature-refused',
    });
  });

  test("BADTIME carries the server's time, and only a signed one is believed", () => {
    const other = new Uint8Array(6);
    new DataView(other.buffer).setUint32(2, seconds + 7200);
    const data = { error: tsigErrors.BADTIME, other };
    const serverTime = new Date((seconds + 7200) * 1000);
    expect(judge(signedAnswer(mac, { data }))).toEqual({ kind: 'time-refused', serverTime });
    expect(judge(signedAnswer(mac, { data: { ...data, mac: new Uint8Array(32) } }))).toMatchObject({
      kind: 'forged',
    });
  });

  test.for([
    [300, 'verified'],
    [301, 'time-refused'],
    [-300, 'verified'],
    [-301, 'time-refused'],
  ] as const)('%i s after its time is %s', ([offset, kind]) => {
    const at = new Date(now.getTime() + offset * 1000);
    expect(judge(signedAnswer(mac), at).kind).toBe(kind);
  });

  test('with a TSIG record in the wrong place is malformed', () => {
    const message = decodeMessage(signedAnswer(mac));
    const misplaced = encodeMessage({ ...message, additionals: [], answers: message.additionals });
    expect(() => judge(misplaced)).toThrow('a TSIG record in the wrong place');
    const twice = encodeMessage({
      ...message,
      additionals: [...message.additionals, ...message.additionals],
    });
    expect(() => judge(twice)).toThrow('a TSIG record in the wrong place');
  });

  test('whose rcode was changed on the way is forged', () => {
    const refused = Uint8Array.from(signedAnswer(mac));
    refused[3] = rcodes.REFUSED;
    expect(judge(refused)).toMatchObject({ kind: 'forged' });
  });
});

describe('a key', () => {
  test.for(['', 'not base64!', 'abc$', '   '])('with the secret %j is refused without showing it', (text) => {
    expect(() => createTsigKey('renewd', 'hmac-sha256', new Secret(text))).toThrow(
      'the secret of TSIG key "renewd" is not base64, as tsig-keygen prints it',
    );
  });

  test('takes a secret with a line end or without padding', () => {
    for (const text of [`${secretText}\n`, secretText.replace(/=+$/, '')]) {
      const same = createTsigKey('renewd', 'hmac-sha256', new Secret(text));
      expect(signMessage(request, same, now).mac).toEqual(signMessage(request, key, now).mac);
    }
  });

  test('does not show its secret', () => {
    const shown = `${JSON.stringify(key)} ${inspect(key, { depth: 9, showHidden: true })}`;
    expect(shown).not.toContain(secretText);
    expect(shown).not.toContain(Buffer.from(secretText, 'base64').toString('hex'));
  });
});
