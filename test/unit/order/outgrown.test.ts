/** What waited before its order while the inventory came to want something else. */
import { describe, expect, test } from 'vitest';
import { keyTypes, type KeyType } from '../../../src/core/certificate.ts';
import { createCsr } from '../../../src/pki/csr.ts';
import { generateKey } from '../../../src/pki/keys.ts';
import { makeCsr } from '../../../src/renewal/order/prepare.ts';
import { endOutgrown, hasOutgrownKey } from '../../../src/renewal/order/outgrown.ts';
import { aManagedCertificate } from '../../builders/managed.ts';
import { aStageContext, refusing } from '../../builders/stage.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { aRenewal } from '../../builders/store-records.ts';

const names = ['shop.example.com'];
const requests = new Map(
  await Promise.all(
    keyTypes.map(async (type): Promise<[KeyType, string]> => [
      type,
      await createCsr((await generateKey(type)).pem, names),
    ]),
  ),
);
const requestFor = (type: KeyType): string => requests.get(type) ?? '';
const wants = (type: KeyType, reuse = false) =>
  aManagedCertificate({ names, key: { type, reuse, madeBy: 'us' } });

describe('the key', () => {
  test.each(keyTypes)('%s: outgrown by every type but its own', (type) => {
    const renewal = aRenewal({ csrPem: requestFor(type) });
    const outgrownBy = keyTypes.filter((other) => hasOutgrownKey(renewal, wants(other)));
    expect(outgrownBy).toEqual(keyTypes.filter((other) => other !== type));
  });

  test.each([
    null,
    '',
    'CSR',
    requestFor('rsa-2048').slice(0, 200),
    '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n',
  ])('no request that can be read is no reason: %j', (csrPem) => {
    expect(hasOutgrownKey(aRenewal({ csrPem }), wants('rsa-4096'))).toBe(false);
  });

  test.each([true, false])('a renewal goes on with a fresh one; keys are kept: %s', async (reuse) => {
    const context = aStageContext({
      managed: wants('ecdsa-p384', reuse),
      store: refusing<Store>('store', {}),
      keys: {
        create: (_certificate, type) => Promise.resolve({ keyId: `fresh ${type}`, spkiSha256: 'ff' }),
        keep: () => Promise.reject(new Error('no key was expected')),
        read: (keyId) => `KEY ${keyId}`,
      },
    });
    const before = aRenewal({
      keyId: 'k1',
      spkiSha256: 'ab',
      csrPem: requestFor('ecdsa-p256'),
      prepared: '{}',
    });
    expect(await makeCsr(before, context, (key) => Promise.resolve(`CSR of ${key}`))).toMatchObject({
      event: 'hold',
      patch: {
        keyId: 'fresh ecdsa-p384',
        spkiSha256: 'ff',
        csrPem: 'CSR of KEY fresh ecdsa-p384',
        prepared: null,
      },
    });
  });
});

describe('the renewal', () => {
  const p256 = { csrPem: requestFor('ecdsa-p256') };
  const more = { ...wants('ecdsa-p256'), names: [...names, 'more.example.com'] };
  const fewer = aRenewal({ ...p256, names: [...names, 'more.example.com'] });
  test.each([
    { why: 'nothing changed', renewal: aRenewal(p256), managed: wants('ecdsa-p256'), ends: false },
    { why: 'a name was added', renewal: aRenewal(p256), managed: more, ends: true },
    { why: 'a name was dropped', renewal: fewer, managed: wants('ecdsa-p256'), ends: false },
    {
      why: 'another key for the same need',
      renewal: aRenewal(p256),
      managed: wants('rsa-2048'),
      ends: false,
    },
    {
      why: 'begun for this key type',
      renewal: aRenewal({ ...p256, reason: 'key-type-changed' }),
      managed: wants('ecdsa-p256'),
      ends: false,
    },
    {
      why: 'begun for another key type',
      renewal: aRenewal({ ...p256, reason: 'key-type-changed' }),
      managed: wants('rsa-2048'),
      ends: true,
    },
    {
      why: 'begun for another key type, and without a request yet',
      renewal: aRenewal({ reason: 'key-type-changed' }),
      managed: wants('rsa-2048'),
      ends: false,
    },
  ])('$why: ends $ends', ({ renewal, managed, ends }) => {
    expect(endOutgrown(renewal, managed)?.event).toBe(ends ? 'superseded' : undefined);
  });
});
