import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../../src/core/error-table.ts';
import { isSuccess } from '../../../../src/vendors/command-text/result-code.ts';
import { codeTable, failureOf, pauseAfter } from '../../../../src/vendors/rrpproxy/errors.ts';

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Every failure code of the knowledge base (and 425, 510 of the sister API): [codes, error for repeatable commands, error for paid commands]. */
const expected: readonly (readonly [readonly number[], ErrorCode, ErrorCode])[] = [
  [[420, 421, 423, 520, 521], 'provider-unavailable', 'provider-outcome-unknown'],
  [[422, 425], 'provider-rate-limited', 'provider-outcome-unknown'],
  [range(500, 510), 'provider-rejected', 'provider-rejected'],
  [[530, 531, 535], 'provider-unauthorized', 'provider-unauthorized'],
  [[532, 533, 534, 536], 'provider-rejected', 'provider-rejected'],
  [[540, 544, 547, 548, 557], 'provider-conflict', 'provider-conflict'],
  [[541, 542, 543, 549], 'provider-rejected', 'provider-rejected'],
  [[545], 'provider-object-missing', 'provider-object-missing'],
  [[546], 'provider-funds', 'provider-funds'],
  [range(550, 556), 'provider-rejected', 'provider-rejected'],
  [range(560, 564), 'provider-rejected', 'provider-rejected'],
];

function failure(resultCode: number | undefined, paid: boolean, httpStatus = 200) {
  return failureOf({ command: 'AddCertificate', resultCode, description: 'text', httpStatus, paid });
}

describe('result codes', () => {
  test.each(expected.flatMap(([codes, read, paid]) => codes.map((code) => [code, read, paid] as const)))(
    '%i is %s, and on a paid command %s',
    (code, read, paid) => {
      expect(failure(code, false).code).toBe(read);
      expect(failure(code, true).code).toBe(paid);
    },
  );

  test('the table has exactly the documented failure codes', () => {
    const documented = expected.flatMap(([codes]) => codes).sort((a, b) => a - b);
    expect(Object.keys(codeTable).map(Number)).toEqual(documented);
  });

  test.each([200, 210, 211, 212, 219, 220])('%i is a success', (code) => {
    expect(isSuccess(code)).toBe(true);
  });

  test.each([undefined, 199, 300, 421, 500])('%s is no success', (code) => {
    expect(isSuccess(code)).toBe(false);
  });

  test.each([
    [499, 'provider-unavailable'],
    [599, 'provider-rejected'],
    [300, 'provider-protocol'],
    [999, 'provider-protocol'],
  ] as const)('the undocumented %i is %s, and unknown where money is at stake', (code, read) => {
    expect(failure(code, false).code).toBe(read);
    expect(failure(code, true).code).toBe('provider-outcome-unknown');
  });

  test.each([
    [502, false, 'provider-unavailable'],
    [500, true, 'provider-outcome-unknown'],
    [200, false, 'provider-protocol'],
    [200, true, 'provider-outcome-unknown'],
    [404, false, 'provider-protocol'],
    [403, true, 'provider-outcome-unknown'],
  ] as const)('no code, HTTP %i, paid %s: %s', (status, paid, code) => {
    expect(failure(undefined, paid, status).code).toBe(code);
  });

  test('locks of the account rest it for minutes and say so', () => {
    expect(pauseAfter(422)).toBe(600_000);
    expect(pauseAfter(425)).toBe(300_000);
    expect(pauseAfter(421)).toBeUndefined();
    expect(failure(422, false).retryAfterMs).toBe(600_000);
  });

  test('the text of the provider is bounded and on one line', () => {
    const error = failureOf({
      command: 'X',
      resultCode: 549,
      description: `bad\r\nnews ${'x'.repeat(5000)}`,
      httpStatus: 200,
      paid: true,
    });
    expect(error.message).toMatch(/^X: 549 bad news x+…$/);
    expect(error.message.length).toBeLessThan(520);
  });
});
