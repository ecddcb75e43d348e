import { describe, expect, test } from 'vitest';
import type { OrderStatus } from '../../../../src/contracts/order.ts';
import { dcvMethodWord } from '../../../../src/providers/rrpproxy/mapping.ts';
import { isKnownStatus, orderStatus, statusTable } from '../../../../src/vendors/rrpproxy/status.ts';
import { capabilities } from '../../../../src/providers/rrpproxy/capabilities.ts';
import { caOf, classes, className, products } from '../../../../src/providers/rrpproxy/products.ts';

describe('statuses', () => {
  const expected: readonly (readonly [string, OrderStatus])[] = [
    // Manual 9.4.1
    ['active', 'issued'],
    ['processing', 'pending'],
    ['expired', 'expired'],
    ['revoked', 'revoked'],
    ['failed', 'failed'],
    ['canceled', 'cancelled'],
    ['cancel_processing', 'pending'],
    ['revoke_processing', 'revoked'],
    // Manual 8.1.7 and API 1
    ['requested', 'pending'],
    ['order_requested', 'pending'],
    ['migrated', 'pending'],
  ];

  test.each(expected)('%s is %s', (word, status) => {
    expect(orderStatus(word)).toBe(status);
    expect(orderStatus(` ${word.toUpperCase()} `)).toBe(status);
    expect(isKnownStatus(word)).toBe(true);
  });

  test('the table has exactly these words', () => {
    expect(Object.keys(statusTable).sort()).toEqual(expected.map(([word]) => word).sort());
  });

  test('spellings are folded', () => {
    expect(orderStatus('CANCELLED')).toBe('cancelled');
    expect(orderStatus('revoke processing')).toBe('revoked');
  });

  test.each(['shipped', '', '__proto__', 'constructor'])('the unknown word %j is in progress', (word) => {
    expect(orderStatus(word)).toBe('pending');
    expect(isKnownStatus(word)).toBe(false);
  });
});

test.each([
  ['dns', 'txt', false, 'DNS-TXT'],
  ['dns', 'cname', false, 'DNS-CNAME'],
  ['file', 'txt', false, 'HTTP'],
  ['file', 'txt', true, 'HTTPS'],
  ['email', 'cname', true, 'EMAIL'],
] as const)('method %s, record %s, https %s is %s', (method, record, https, word) => {
  expect(dcvMethodWord({ method, record }, https)).toBe(word);
});

describe('classes (manual 9.3)', () => {
  /** [class, CA, wildcard 9.3.2, SAN 9.3.2, DNS-TXT 9.3.3] */
  const matrix = [
    ['GEOTRUSTFLEXDV', 'digicert', 1, 1, 1],
    ['GEOTRUSTTRUEBIZIDEV', 'digicert', 0, 1, 1],
    ['GEOTRUSTTRUEBIZIDOV', 'digicert', 1, 1, 1],
    ['RAPIDSSLDV', 'digicert', 1, 0, 1],
    ['SECURESITEFLEXEV', 'digicert', 0, 1, 1],
    ['SECURESITEFLEXOV', 'digicert', 1, 1, 1],
    ['SECURESITEPROEV', 'digicert', 0, 1, 1],
    ['SECURESITEPROOV', 'digicert', 1, 1, 1],
    ['SSL123DV', 'digicert', 1, 1, 1],
    ['WEBSERVEREV', 'digicert', 0, 1, 1],
    ['WEBSERVEROV', 'digicert', 1, 1, 1],
    ['INSTANTSSLOV', 'sectigo', 1, 0, 0],
    ['MULTIDOMAINDV', 'sectigo', 1, 1, 0],
    ['MULTIDOMAINEV', 'sectigo', 0, 1, 0],
    ['MULTIDOMAINOV', 'sectigo', 1, 1, 0],
    ['POSITIVSSLDV', 'sectigo', 1, 0, 0],
    ['PREMIUMOV', 'sectigo', 0, 0, 0],
    ['SINGLEDOMAINEV', 'sectigo', 0, 0, 0],
    ['UNIFIEDCOMMUNICATIONSDV', 'sectigo', 1, 1, 0],
    ['UNIFIEDCOMMUNICATIONSOV', 'sectigo', 1, 1, 0],
  ] as const;

  test.each(matrix)('%s of %s', (name, ca, wildcard, sans, txt) => {
    const facts = products[className(name)];
    expect(capabilities.ca(name)).toBe(ca);
    expect(facts?.wildcard).toBe(wildcard === 1);
    expect(facts?.maxNames).toBe(sans === 1 ? 250 : 2);
    expect(facts?.recordTypes?.includes('txt')).toBe(txt === 1);
    expect(classes[className(name)]?.validation).toBe(name.slice(-2).toLowerCase());
  });

  test('the table has exactly these classes', () => {
    expect(Object.keys(classes).sort()).toEqual(matrix.map(([name]) => className(name)).sort());
  });

  test.each([
    ['securesiteproof', 'securesiteproov'],
    ['POSITIVSSLDV', 'positivessldv'],
    ['RAPIDSSLVD', 'rapidssldv'],
    [' SSL123DV ', 'ssl123dv'],
    ['newclassdv', 'newclassdv'],
    ['__proto__', '__proto__'],
  ])('%s is sent as %s', (written, sent) => {
    expect(className(written)).toBe(sent);
    expect(['digicert', 'sectigo']).toContain(caOf(written));
  });
});
