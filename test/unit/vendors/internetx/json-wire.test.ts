import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseJson,
  parseJsonEnvelope as parseEnvelope,
} from '../../../../src/vendors/internetx/json-wire.ts';

describe('JSON', () => {
  test('keeps the digits of ids beyond 2^53', () => {
    expect(parseJson('{"id":9007199254740993,"n":[4297939738,-9007199254740993,1.5,1e3]}')).toEqual({
      id: '9007199254740993',
      n: [4_297_939_738, '-9007199254740993', 1.5, 1000],
    });
  });

  test.each([
    ['nothing', ''],
    ['truncated', '{"status":{"type":"SUCCESS"'],
    ['doubled', '{"status":{"type":"SUCCESS"}}{"status":{"type":"SUCCESS"}}'],
    ['a login page', '<!DOCTYPE html><title>502</title>'],
    ['nested beyond reading', '['.repeat(200_000) + ']'.repeat(200_000)],
  ])('%s is no JSON', (_, text) => {
    expect(parseJson(text)).toBeUndefined();
    expect(parseEnvelope(text)).toBeUndefined();
  });

  test('__proto__ is dropped at every depth and pollutes nothing', () => {
    const parsed = parseJson(
      '{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":2}},"b":[{"__proto__":3}]}',
    );
    expect(JSON.stringify(parsed)).toBe('{"a":{},"b":[{}]}');
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('envelope', () => {
  test('the usual one', () => {
    const text = JSON.stringify({
      stid: '20180926-stid',
      status: { code: 'N400101', text: 'started', type: 'NOTIFY' },
      object: { type: 'certificate', value: 'example.com', summary: 3 },
      data: [{ id: 123_456 }],
    });
    expect(parseEnvelope(text)).toEqual({
      type: 'NOTIFY',
      code: 'N400101',
      text: 'started',
      stid: '20180926-stid',
      reasons: [],
      object: { type: 'certificate', value: 'example.com', summary: 3 },
      data: [{ id: 123_456 }],
    });
  });

  test.each([
    ['code', { status: { code: 'S0905', type: 'SUCCESS' } }, 'S0905', 'SUCCESS'],
    ['resultCode (2018)', { status: { resultCode: 'S400110', type: 'success' } }, 'S400110', 'SUCCESS'],
    ['a type alone', { status: { type: 'ERROR' } }, undefined, 'ERROR'],
    ['a code alone, success', { status: { code: 'S0905' } }, 'S0905', 'SUCCESS'],
    ['a code alone, notify', { status: { code: 'N400101' } }, 'N400101', 'NOTIFY'],
    ['a code alone, error', { status: { code: 'E300114' } }, 'E300114', 'ERROR'],
    ['a type that is new', { status: { type: 'Warning' } }, undefined, 'WARNING'],
  ])('status with %s', (_, body, code, type) => {
    const envelope = parseEnvelope(JSON.stringify(body));
    expect(envelope?.code).toBe(code);
    expect(envelope?.type).toBe(type);
  });

  test.each([
    ['no status', { data: [] }],
    ['a status that says nothing', { status: {} }],
    ['a status as text', { status: 'SUCCESS' }],
    ['a list', [{ status: { type: 'SUCCESS' } }]],
    ['null', null],
  ])('none: %s', (_, body) => {
    expect(parseEnvelope(JSON.stringify(body))).toBeUndefined();
  });

  test.each([
    ['absent', {}, []],
    ['null', { data: null }, []],
    ['empty', { data: [] }, []],
    ['a single object', { data: { id: 1 } }, [{ id: 1 }]],
  ])('data %s', (_, part, expected) => {
    expect(parseEnvelope(JSON.stringify({ status: { type: 'SUCCESS' }, ...part }))?.data).toEqual(expected);
  });

  test('reasons: codes of both generations, nested objects and plain strings', () => {
    const body = {
      status: { type: 'ERROR' },
      messages: [
        { code: 'EF01000', text: 'one', messages: [{ messageCode: 'EF400139' }, 'two'] },
        { messageCode: 'EF300101', messages: ['three', { messages: [] }] },
        'four',
        7,
      ],
    };
    expect(parseEnvelope(JSON.stringify(body))?.reasons).toEqual([
      { code: 'EF01000', text: 'one' },
      { code: 'EF400139', text: undefined },
      { code: undefined, text: 'two' },
      { code: 'EF300101', text: undefined },
      { code: undefined, text: 'three' },
      { code: undefined, text: 'four' },
    ]);
  });

  test('reasons are bounded in number and depth', () => {
    let nested: object = { code: 'DEEP' };
    for (let depth = 0; depth < 30; depth += 1) nested = { messages: [nested] };
    const many = Array.from({ length: 500 }, (_, index) => ({ code: `EF${index}` }));
    const reasons = parseEnvelope(
      JSON.stringify({ status: { type: 'ERROR' }, messages: [nested, ...many] }),
    )?.reasons;
    expect(reasons).toHaveLength(50);
    expect(reasons?.some((reason) => reason.code === 'DEEP')).toBe(false);
  });
});

describe('properties', () => {
  const body = fc.record(
    {
      status: fc.record({ code: fc.string(), type: fc.string() }, { requiredKeys: [] }),
      object: fc.anything(),
      data: fc.anything(),
      messages: fc.anything(),
    },
    { requiredKeys: [] },
  );

  test('any text gives an envelope or undefined, never an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          body.map((value) => JSON.stringify(value) ?? ''),
        ),
        (text) => {
          const envelope = parseEnvelope(text);
          expect(envelope === undefined || Array.isArray(envelope.data)).toBe(true);
        },
      ),
    );
  });

  test('no proper beginning of an answer, nor an answer twice, is taken for one', () => {
    fc.assert(
      fc.property(body, fc.nat(), (value, at) => {
        const text = JSON.stringify({ ...value, status: { type: 'SUCCESS' } });
        expect(parseEnvelope(text)).toBeDefined();
        expect(parseEnvelope(text.slice(0, at % text.length))).toBeUndefined();
        expect(parseEnvelope(text + text)).toBeUndefined();
      }),
    );
  });

  test('integers survive whatever their size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n }), (id) => {
        const parsed = parseJson(`{"id":${id}}`);
        expect(parsed).toEqual({ id: id <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(id) : String(id) });
      }),
    );
  });
});
