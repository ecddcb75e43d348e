/** Who is asked, and what several answers mean together. */
import { hash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PlainHttp, RevocationAnswer } from '../../../src/contracts/revocation.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { parseCertificate } from '../../../src/pki/certificate.ts';
import { readCertificate } from '../../../src/pki/x509.ts';
import { certId } from '../../../src/revocation/ocsp-request.ts';
import { createRevocationReader } from '../../../src/revocation/reader.ts';
import { handClock } from '../../builders/clocks.ts';
import { newCa, newLeaf, now, type TestCertificate } from '../../builders/pki.ts';
import {
  aCrl,
  anOcspAnswer,
  hours,
  listScope,
  pointers,
  type CrlOptions,
  type OcspOptions,
} from '../../builders/revocation.ts';

const listUrl = 'http://crl.example/1.crl';
const spareUrl = 'http://crl.example/2.crl';
const ocspUrl = 'http://ocsp.example/';
const serialNumber = '4a0102';

let ca: TestCertificate;

beforeAll(async () => {
  ca = await newCa('reader');
});

type Answers = Readonly<Record<string, Buffer | undefined>>;

async function ask(
  lists: readonly string[],
  responders: readonly string[],
  answers: (leaf: TestCertificate) => Answers,
  pems: (leaf: TestCertificate) => readonly string[] = (leaf) => [leaf.pem, ca.pem],
): Promise<RevocationAnswer & { readonly asked: readonly string[] }> {
  const leaf = await newLeaf(ca, { extra: pointers(lists, responders), serialNumber });
  const table = answers(leaf);
  const asked: string[] = [];
  const http: PlainHttp = {
    fetch({ url, maxBytes }) {
      asked.push(url);
      expect(maxBytes).toBe(url === ocspUrl ? 64 * 1024 : 20 * 1024 * 1024);
      const body = table[url];
      return body === undefined
        ? Promise.reject(new RenewdError('revocation-unreadable', `${url} is down`))
        : Promise.resolve(body);
    },
  };
  const { signal } = new AbortController();
  const reader = createRevocationReader({ http, clock: handClock(now), signal });
  const answer = await reader.look(
    { fingerprint256: hash('sha256', leaf.der, 'hex'), pems: pems(leaf) },
    signal,
  );
  return { ...answer, asked };
}

const list = (options: CrlOptions = {}): Buffer => aCrl(ca, options);
const revokedHere = { entries: [{ serial: serialNumber, reason: 1 }] };
function ocsp(leaf: TestCertificate, options: OcspOptions = {}): Buffer {
  return anOcspAnswer(ca, certId(readCertificate(leaf.der), parseCertificate(ca.der).fields), options);
}

describe('the reader', () => {
  test('asks list and responder, and believes both', async () => {
    const answer = await ask([listUrl], [ocspUrl], (leaf) => ({ [listUrl]: list(), [ocspUrl]: ocsp(leaf) }));
    expect(answer).toMatchObject({
      status: 'good',
      offered: true,
      source: listUrl,
      asked: [listUrl, ocspUrl],
    });
  });

  test.each<[string, CrlOptions, OcspOptions]>([
    ['the list', revokedHere, {}],
    ['the responder', {}, { status: { at: hours(-3), reason: 1 } }],
  ])('one word of revocation is enough: %s', async (_, crl, answer) => {
    const told = await ask([listUrl], [ocspUrl], (leaf) => ({
      [listUrl]: list(crl),
      [ocspUrl]: ocsp(leaf, answer),
    }));
    expect(told).toMatchObject({ status: 'revoked', reason: 'keyCompromise' });
  });

  test('the second address is asked when the first is down', async () => {
    const answer = await ask([listUrl, spareUrl], [], () => ({ [spareUrl]: list() }));
    expect(answer).toMatchObject({ status: 'good', source: spareUrl, asked: [listUrl, spareUrl] });
  });

  test.each<[string, readonly string[], readonly string[], (leaf: TestCertificate) => Answers, RegExp]>([
    ['all down', [listUrl], [ocspUrl], () => ({}), /crl\.example.* is down; .*ocsp\.example.* is down/],
    ['an old list', [listUrl], [], () => ({ [listUrl]: list({ nextUpdate: hours(-1) }) }), /out of date/],
    [
      'an old answer',
      [],
      [ocspUrl],
      (leaf) => ({ [ocspUrl]: ocsp(leaf, { nextUpdate: hours(-1) }) }),
      /out of date/,
    ],
    [
      'an answer from the future',
      [],
      [ocspUrl],
      (leaf) => ({ [ocspUrl]: ocsp(leaf, { thisUpdate: hours(1), nextUpdate: hours(9) }) }),
      /not come yet/,
    ],
    [
      'a responder that does not know it',
      [],
      [ocspUrl],
      (leaf) => ({ [ocspUrl]: ocsp(leaf, { status: 'unknown' }) }),
      /does not know it/,
    ],
    [
      'a list for others that revokes nothing',
      [listUrl],
      [],
      () => ({ [listUrl]: list({ extensions: [listScope(spareUrl)] }) }),
      /other certificates/,
    ],
  ])('%s: nothing is known', async (_, lists, responders, answers, why) => {
    const answer = await ask(lists, responders, answers);
    expect(answer).toMatchObject({
      status: 'unknown',
      offered: true,
      source: null,
      detail: expect.stringMatching(why),
    });
  });

  test('nobody to ask is no failure', async () => {
    expect(await ask([], [], () => ({}))).toMatchObject({ status: 'unknown', offered: false, asked: [] });
  });

  test('without the issuer nobody is asked', async () => {
    const alone = await ask(
      [listUrl],
      [],
      () => ({ [listUrl]: list() }),
      (leaf) => [leaf.pem],
    );
    expect(alone).toMatchObject({ status: 'unknown', asked: [], detail: expect.stringContaining('issuer') });
    const replaced = await ask(
      [listUrl],
      [],
      () => ({}),
      () => [ca.pem],
    );
    expect(replaced).toMatchObject({ status: 'unknown', detail: expect.stringContaining('replaced') });
  });

  test('a responder that is down is left alone for ten minutes, whichever certificate asks', async () => {
    const [one, two] = [
      await newLeaf(ca, { extra: pointers([], [ocspUrl]) }),
      await newLeaf(ca, { extra: pointers([], [ocspUrl]) }),
    ];
    let asked = 0;
    const http: PlainHttp = {
      fetch() {
        asked += 1;
        return Promise.reject(new RenewdError('revocation-unreadable', 'down'));
      },
    };
    const clock = handClock(now);
    const { signal } = new AbortController();
    const reader = createRevocationReader({ http, clock, signal });
    const look = (leaf: TestCertificate) =>
      reader.look({ fingerprint256: hash('sha256', leaf.der, 'hex'), pems: [leaf.pem, ca.pem] }, signal);
    expect((await look(one)).detail).toContain('down');
    expect((await look(two)).detail).toContain('a moment ago');
    clock.advance(10 * 60_000 - 1);
    await look(two);
    expect(asked).toBe(1);
    clock.advance(1);
    await look(two);
    expect(asked).toBe(2);
  });
});
