/** The small pure parts, by table. */
import cron from 'node-cron';
import { describe, expect, it } from 'vitest';
import type { MaintenanceWindow } from '../../../src/core/certificate.ts';
import { dayMs, hourMs } from '../../../src/core/durations.ts';
import { formatPath } from '../../../src/settings/diagnostics.ts';
import { formatEndpoint, isLoopback, readEndpoint } from '../../../src/settings/endpoints.ts';
import { cronProblem } from '../../../src/settings/field-schemas.ts';
import { covers, inZone, readHostName } from '../../../src/settings/host-names.ts';
import { nearest, suggestion } from '../../../src/settings/suggest.ts';
import { expandVariables } from '../../../src/settings/variables.ts';
import { everMatches, staysClosedLongerThan } from '../../../src/settings/windows.ts';

describe('readHostName', () => {
  const label63 = 'a'.repeat(63);
  const name253 = `${`${label63}.`.repeat(3)}${'b'.repeat(57)}.com`;
  it.each([
    ['example.com', 'example.com'],
    ['Example.COM.', 'example.com'],
    ['*.example.com', '*.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['*.BÜCHER.example', '*.xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['straße.example', 'xn--strae-oqa.example'],
    ['1.example.com', '1.example.com'],
    ['a--b.example.com', 'a--b.example.com'],
    [`${label63}.com`, `${label63}.com`],
    [name253, name253],
  ])('takes %s', (text, name) => expect(readHostName(text)).toEqual({ name }));

  it.each([
    '',
    '.',
    '*',
    '*.',
    '*.com',
    'com',
    '-a.example.com',
    'a-.example.com',
    'a..example.com',
    '.example.com',
    'example.com..',
    'a b.example.com',
    'a/b.example.com',
    'a:443',
    'a%62.example.com',
    'ex%C3%A4.example.com',
    '**.example.com',
    '*a.example.com',
    'a.*.example.com',
    '*.*.example.com',
    'my_host.example.com',
    '192.0.2.1',
    '0x7f.1',
    '192.0.2.1.',
    '::1',
    '[::1]',
    'example.1',
    'xn--a.example.com',
    'xn--ls8h=.example',
    `${'a'.repeat(64)}.com`,
    `a${name253}`,
    'a\u0000.example.com',
    'ä\u202e.example.com',
    'ä b.example.com',
    'x'.repeat(100_000),
  ])('refuses %j', (text) => expect(readHostName(text)).toHaveProperty('problem'));
});

describe('covers and inZone', () => {
  it.each([
    ['a.example.com', 'a.example.com', true],
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'a.b.example.com', false],
    ['example.com', 'a.example.com', false],
  ])('%s covers %s: %s', (pattern, host, is) => expect(covers(pattern, host)).toBe(is));
  it.each([
    ['a.example.com', 'example.com', true],
    ['example.com', 'Example.com.', true],
    ['*.example.com', 'example.com', true],
    ['aexample.com', 'example.com', false],
    ['example.com', 'a.example.com', false],
  ])('%s is in zone %s: %s', (name, zone, is) => expect(inZone(name, zone)).toBe(is));
});

describe('readEndpoint', () => {
  it.each([
    ['a.example:443', undefined, { host: 'a.example', port: 443 }],
    ['[2001:DB8::1]:8443', undefined, { host: '2001:db8::1', port: 8443 }],
    ['192.0.2.1', 53, { host: '192.0.2.1', port: 53 }],
    ['2001:db8::1', 53, { host: '2001:db8::1', port: 53 }],
    ['[::1]', 53, { host: '::1', port: 53 }],
  ])('reads %s', (text, port, endpoint) => expect(readEndpoint(text, port)).toEqual(endpoint));
  it.each([
    '',
    ':443',
    'a:',
    'a:0',
    'a:65536',
    'a:b',
    '[::1]',
    '[a]:1',
    '::1',
    'a b:1',
    'http://a:1',
    '[]:1',
    'a:1:2',
    'a:000001',
  ])('refuses %j', (text) => expect(readEndpoint(text)).toHaveProperty('hint'));
  it('writes brackets around IPv6', () => {
    expect(formatEndpoint({ host: '::1', port: 1 })).toBe('[::1]:1');
    expect(formatEndpoint({ host: 'a', port: 1 })).toBe('a:1');
  });
  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.example.com', false],
  ])('%s is loopback: %s', (host, is) => expect(isLoopback(host)).toBe(is));
});

describe('suggestions', () => {
  const known = ['provider', 'product', 'names', 'name', 'propagationTimeout'];
  it.each([
    ['provdier', 'provider'],
    ['Provider', 'provider'],
    ['propagation_timeout', 'propagationTimeout'],
    ['nams', 'names'],
    ['xyz', undefined],
  ])('%s → %s', (word, near) => expect(nearest(word, known)).toBe(near));
  it('list what is known when nothing is near', () => {
    expect(suggestion('xyz', ['a', 'b'])).toBe('known are: a, b');
    expect(suggestion('xyz', [])).toBeUndefined();
  });
});

describe('cron expressions', () => {
  it.each([
    '* * * * *',
    '*/5 * * * *',
    '0 0 1,15 * *',
    '0 8-18/2 * jan-mar MON-fri',
    '5 4 * * sun',
    '0 0 31 12 7',
    '30 */5 * * * *',
  ])('%s is right, for the scheduler too', (text) => {
    expect(cronProblem(text, true)).toBeUndefined();
    expect(cron.validate(text)).toBe(true);
  });
  it.each([
    '',
    '* * * *',
    '* * * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * 32 * *',
    '* * * 13 *',
    '* * * * 8',
    '5/10 * * * *',
    '*/0 * * * *',
    '10-5 * * * *',
    '@daily',
    'L * * * *',
    '* * * foo *',
    'a b c d e',
    '1,,2 * * * *',
    '-1 * * * *',
  ])('%j is wrong', (text) => expect(cronProblem(text, true)).toBeDefined());
  it('has no seconds where they are not wanted', () =>
    expect(cronProblem('0 * * * * *', false)).toBeDefined());
});

describe('maintenance windows', () => {
  const window = (text: string, hours: number, timezone = 'UTC'): MaintenanceWindow => ({
    cron: text,
    durationMs: hours * hourMs,
    timezone,
  });
  it.each([
    ['0 0 30 2 *', false],
    ['0 0 31 4,6,9,11 *', false],
    ['0 0 29 2 *', true],
    ['0 0 31 * *', true],
    ['30 2 * * sun', true],
    ['0 30 2 * * sun', true],
    ['0 0 0 30 2 *', false],
  ])('%s ever matches: %s', (text, is) => expect(everMatches(text, 'UTC')).toBe(is));
  it.each([
    ['each minute', [window('* * * * *', 1)], 1, false],
    ['each night', [window('0 3 * * *', 1)], 1, false],
    ['each week, lead of six days', [window('0 3 * * sun', 1)], 6, true],
    ['each week, lead of seven days', [window('0 3 * * sun', 1)], 7, false],
    ['each month', [window('0 3 1 * *', 1)], 15, true],
    ['each month, open for three weeks', [window('0 3 1 * *', 21 * 24)], 15, false],
    ['twice a month, in two windows', [window('0 3 1 * *', 1), window('0 3 16 * *', 1)], 16, false],
    ['every minute of January only', [window('* * * 1 *', 1)], 15, true],
    ['but not in the freeze of December', [window('0 3 * 1-11 *', 1)], 15, true],
    ['29 February', [window('0 0 29 2 *', 1)], 200, true],
    ['in a far time zone', [window('0 2 * * *', 1, 'Pacific/Kiritimati')], 1, false],
  ])('%s', (_title, windows, leadDays, isClosed) => {
    expect(staysClosedLongerThan(windows, leadDays * dayMs)).toBe(isClosed);
  });
});

describe('expandVariables', () => {
  it.each([
    ['${A}/x', { text: 'va/x' }],
    ['$A ${ A} ${} $$', { text: '$A ${ A} ${} $$' }],
    ['${A}${B}', { missing: 'B' }],
    ['${E}', { missing: 'E' }],
  ])('%s', (text, expansion) => expect(expandVariables(text, { A: 'va', E: '' })).toEqual(expansion));
});

describe('formatPath', () => {
  it('quotes what is no plain word', () => {
    expect(formatPath(['certificates', 3, 'dcv', 'method'])).toBe('certificates[3].dcv.method');
    expect(formatPath([0, 'names', 1])).toBe('[0].names[1]');
    expect(formatPath(['authoritative', 'example.com'])).toBe('authoritative["example.com"]');
  });
});
