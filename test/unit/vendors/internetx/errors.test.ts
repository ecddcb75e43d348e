import { describe, expect, test } from 'vitest';
import {
  acceptedEnvelope,
  outcomeOf,
  reasonTable,
  statusTable,
} from '../../../../src/vendors/internetx/errors.ts';
import { parseJsonEnvelope } from '../../../../src/vendors/internetx/json-wire.ts';
import { RenewdError } from '../../../../src/core/errors.ts';

const read = { command: 'CertificateInfo', repeatable: true };
const write = { command: 'CertificateCreate', repeatable: false };

interface Given {
  readonly status: number;
  readonly text: string;
}

function answer(status: number, body: unknown): Given {
  return { status, text: typeof body === 'string' ? body : JSON.stringify(body) };
}

function accept({ status, text }: Given, traits = read): { readonly code: string | undefined } {
  return acceptedEnvelope(status, parseJsonEnvelope(text), traits, (said) =>
    said.replaceAll('hunter2', '[secret]'),
  );
}

function errorOf(given: Given, traits = read): RenewdError {
  try {
    accept(given, traits);
  } catch (thrown) {
    if (thrown instanceof RenewdError) return thrown;
    throw thrown;
  }
  throw new Error('it was accepted');
}

function refusal(reason: string, task: string): object {
  return {
    stid: 's-1',
    status: { code: task, type: 'ERROR' },
    messages: [{ code: reason, text: 'Text', status: 'ERROR' }],
  };
}

describe('reason codes', () => {
  // Meaning by meaning, from the reference's table of attested codes; one line per row of ours.
  const expected: Record<string, [code: string, kind: string]> = {
    EF01000: ['provider-rejected', 'rejected'],
    EF00022: ['provider-rejected', 'rejected'],
    EF400139: ['provider-rejected', 'dcv-failed'],
    EF4001012: ['provider-conflict', 'conflict'],
    EF4001006: ['provider-rejected', 'configuration'],
    EF4001010: ['provider-rejected', 'configuration'],
    EF4002001: ['provider-rejected', 'configuration'],
    EF300101: ['provider-object-missing', 'not-found'],
    EF02020: ['provider-object-missing', 'not-found'],
    EF02022: ['provider-conflict', 'conflict'],
  };

  test('every row is expected here and the other way round', () => {
    expect(Object.keys(reasonTable).sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(Object.entries(expected))('%s', (reason, [code, kind]) => {
    for (const status of [200, 400, 500]) {
      for (const traits of [read, write]) {
        const error = errorOf(answer(status, refusal(reason, 'E400101')), traits);
        expect([error.code, error.kind]).toEqual([code, kind]);
        expect(error.fields).toMatchObject({ reason, code: 'E400101', httpStatus: status, stid: 's-1' });
      }
    }
  });

  test('a reason deep inside counts; an unknown one does not hide it', () => {
    const body = {
      status: { type: 'ERROR', code: 'E300114' },
      messages: [{ code: 'EF99999' }, { code: 'MSG1', messages: [{ messageCode: 'EF300101' }] }],
    };
    expect(errorOf(answer(400, body)).kind).toBe('not-found');
  });

  test('E4001012, the realtime task failing, is not EF4001012, the renewal being too early', () => {
    expect(errorOf(answer(400, refusal('EF01000', 'E4001012')), write).kind).toBe('rejected');
    expect(errorOf(answer(400, refusal('EF4001012', 'E400106')), write).kind).toBe('conflict');
  });

  test('a bare status without a code (recorded error of the vendor documentation, EF00022)', () => {
    const body = {
      status: { type: 'ERROR' },
      messages: [{ code: 'EF00022', text: 'x', objects: [], status: 'ERROR' }],
    };
    expect(errorOf(answer(400, body)).code).toBe('provider-rejected');
  });
});

test('a wrong value below request.auth is about credentials, whatever its code', () => {
  const body = {
    status: { type: 'ERROR', code: 'E00000' },
    messages: [{ code: 'EF01000', objects: [{ type: 'request.auth.context', value: '"4"' }] }],
  };
  expect(errorOf(answer(200, body), write).code).toBe('provider-unauthorized');
});

test.each([
  [200, { status: { type: 'SUCCESS' } }, 'ok'],
  [200, { status: { type: 'NOTIFY' } }, 'ok'],
  [200, { status: { type: 'ERROR' } }, 'refused'],
  [200, 'nothing', 'no-envelope'],
  [400, { status: { type: 'ERROR' } }, 'http-4xx'],
  [503, '', 'http-5xx'],
])('the outcome for the metric of HTTP %i %j is %s', (status, body, outcome) => {
  const { text } = answer(status, body);
  expect(outcomeOf(status, parseJsonEnvelope(text))).toBe(outcome);
});

describe('HTTP statuses', () => {
  test.each(Object.entries(statusTable))('%s with an envelope is %s', (status, code) => {
    const body = { status: { type: 'ERROR', code: 'E0' }, messages: [] };
    expect(errorOf(answer(Number(status), body), write).code).toBe(code);
  });

  test.each([
    [401, 'authentication', 'authentication'],
    [403, 'authentication', 'authentication'],
    [404, 'protocol', 'protocol'],
    [408, 'unavailable', 'unavailable'],
    [413, 'protocol', 'protocol'],
    [500, 'unavailable', 'outcome-unknown'],
    [502, 'unavailable', 'outcome-unknown'],
    [503, 'unavailable', 'outcome-unknown'],
    [504, 'unavailable', 'outcome-unknown'],
    [200, 'protocol', 'outcome-unknown'],
  ])('%i without an envelope: a read is %s, a write %s', (status, readKind, writeKind) => {
    for (const body of ['', '<html>Wartungsarbeiten</html>', '{"status":']) {
      expect(errorOf(answer(status, body), read).kind).toBe(readKind);
      expect(errorOf(answer(status, body), write).kind).toBe(writeKind);
    }
  });

  test('a server error with an envelope but no known reason decides nothing for a write', () => {
    const body = { status: { type: 'ERROR', code: 'E400101' }, messages: [{ code: 'EF77777' }] };
    expect(errorOf(answer(500, body), write).kind).toBe('outcome-unknown');
    expect(errorOf(answer(500, body), read).kind).toBe('unavailable');
  });

  test('HTTP 200 with an error in the body is an error', () => {
    expect(errorOf(answer(200, refusal('EF88888', 'E400101')), write).kind).toBe('rejected');
  });

  test('HTTP 400 that calls itself a success is an error', () => {
    expect(errorOf(answer(400, { status: { type: 'SUCCESS', code: 'S400101' } }), write).kind).toBe(
      'rejected',
    );
  });
});

describe('accepted', () => {
  test.each([
    ['SUCCESS', 'S400104'],
    ['NOTIFY', 'N400101'],
    ['NOTIFY', 'N400102'],
    ['NOTICE', undefined],
    ['SOMETHING_NEW', 'S400104'],
    ['success', 'S400104'],
  ])('%s %s', (type, code) => {
    expect(accept(answer(200, { status: { type, code } }), write).code).toBe(code);
  });

  test('an unknown type without a code is no yes', () => {
    const body = { status: { type: 'SOMETHING_NEW' } };
    expect(errorOf(answer(200, body), read).kind).toBe('protocol');
    expect(errorOf(answer(200, body), write).kind).toBe('outcome-unknown');
  });
});

test('messages are bounded, on one line, and without the secret', () => {
  const text = `line one\nhunter2\u001b[31m ${'x'.repeat(5000)}`;
  const body = { status: { type: 'ERROR', text }, messages: [{ code: 'EF01000', text }] };
  const error = errorOf(answer(400, body));
  expect(error.message.length).toBeLessThanOrEqual(500);
  expect(error.message).not.toMatch(/\p{Cc}/u);
  expect(error.message).not.toContain('hunter2');
});
