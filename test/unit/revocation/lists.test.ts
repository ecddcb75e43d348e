/** Lists are fetched once for everybody, kept until the next one is due, and never hold up the rest of the process. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { PlainHttp } from '../../../src/contracts/revocation.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { hourMs, minuteMs, secondMs } from '../../../src/core/durations.ts';
import { parseCertificate, type Certificate } from '../../../src/pki/certificate.ts';
import { RevocationLists } from '../../../src/revocation/lists.ts';
import { handClock } from '../../builders/clocks.ts';
import { newCa, now, type TestCertificate } from '../../builders/pki.ts';
import { aCrl, hours, manyEntries, type CrlOptions } from '../../builders/revocation.ts';

let ca: TestCertificate;
let issuer: Certificate;

beforeAll(async () => {
  ca = await newCa('lists');
  issuer = parseCertificate(ca.der);
});

const pointer = { url: 'http://crl.example/1', names: [] };

function setUp(answer: (count: number) => Buffer | Promise<Buffer>) {
  const clock = handClock(now);
  let count = 0;
  const http: PlainHttp = { fetch: async () => answer((count += 1)) };
  const lists = new RevocationLists({ http, clock, signal: new AbortController().signal });
  return { clock, get: () => lists.get(pointer, issuer), count: () => count, lists };
}

const list = (options: CrlOptions = {}): Buffer => aCrl(ca, options);
const down = () => Promise.reject(new RenewdError('revocation-unreadable', 'down'));

describe('lists', () => {
  test('a thousand questions are one download', async () => {
    const { get, count } = setUp(() => list({ entries: [{ serial: '01' }] }));
    const all = await Promise.all(Array.from({ length: 1000 }, get));
    expect(count()).toBe(1);
    expect(new Set(all).size).toBe(1);
    await get();
    expect(count()).toBe(1);
  });

  test.each<[string, CrlOptions, number]>([
    ['until its next update', { nextUpdate: hours(5) }, 5 * hourMs],
    ['a day at most', { nextUpdate: hours(100) }, 24 * hourMs],
  ])('one is kept %s', async (_, options, keptMs) => {
    const { get, count, clock } = setUp(() => list({ ...options, thisUpdate: hours(-1) }));
    await get();
    clock.advance(keptMs - secondMs);
    await get();
    expect(count()).toBe(1);
    clock.advance(secondMs);
    await get().catch(() => undefined);
    expect(count()).toBe(2);
  });

  test('one that ends within the hour is not fetched again before, and does not count after its end', async () => {
    const { get, count, clock } = setUp(() => list({ nextUpdate: hours(0.5) }));
    await get();
    clock.advance(31 * minuteMs);
    await expect(get()).rejects.toThrow(/out of date/);
    expect(count()).toBe(1);
  });

  test('a failure is not repeated within the hour, and the list before it counts as long as it holds', async () => {
    const { get, count, clock } = setUp((nth) => (nth === 1 ? list({ nextUpdate: hours(30) }) : down()));
    const first = await get();
    clock.advance(25 * hourMs);
    expect(await get()).toBe(first);
    expect(await get()).toBe(first);
    expect(count()).toBe(2);
    clock.advance(hourMs);
    await get();
    expect(count()).toBe(3);
    clock.advance(5 * hourMs);
    await expect(get()).rejects.toThrow(/out of date/);
  });

  test('a failure at the very first is told, and over an hour later', async () => {
    const { get, count, clock } = setUp((nth) => (nth === 1 ? down() : list()));
    await expect(get()).rejects.toMatchObject({
      code: 'revocation-unreadable',
      message: expect.stringContaining('down'),
    });
    await expect(get()).rejects.toThrow(/down/);
    expect(count()).toBe(1);
    clock.advance(hourMs);
    await expect(get()).resolves.toBeDefined();
  });

  test('what nobody signed is a failure like any other', async () => {
    const { get } = setUp(() => Buffer.from('<html>'));
    await expect(get()).rejects.toMatchObject({ code: 'revocation-unreadable' });
  });

  test('a clock that was set back does not keep one for longer', async () => {
    const { get, count, clock } = setUp(() => list({ thisUpdate: hours(-50), nextUpdate: hours(48) }));
    await get();
    clock.advance(-40 * hourMs);
    await get();
    expect(count()).toBe(2);
  });

  test('another issuer’s key makes it another list', async () => {
    const namesake = await newCa('lists');
    const { lists, get, count } = setUp(() => list());
    await get();
    await expect(lists.get(pointer, parseCertificate(namesake.der))).rejects.toThrow(/signature/);
    expect(count()).toBe(2);
  });

  test('a large one is read in slices', async () => {
    const bytes = list({ rawEntries: manyEntries(100_000) });
    const { get } = setUp(() => bytes);
    let ticks = 0;
    let reading = true;
    const tick = (): void => {
      ticks += 1;
      if (reading) setImmediate(tick);
    };
    setImmediate(tick);
    const { entries: read } = await get();
    reading = false;
    expect(read.count).toBe(100_000);
    // One turn for each slice, the signature included.
    expect(ticks).toBeGreaterThan(2);
  });
});
