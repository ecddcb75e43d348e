/** Who is waited for, since when; and the key that a provider made. */
import { describe, expect, test } from 'vitest';
import type { OrderReading } from '../../../src/contracts/order.ts';
import { Secret } from '../../../src/core/certificate.ts';
import { takeVendorKey } from '../../../src/renewal/poll/vendor-key.ts';
import { waitAfter } from '../../../src/renewal/poll/waits-for.ts';
import { aReading, aStageContext } from '../../builders/stage.ts';
import { after, aRenewal, noon } from '../../builders/store-records.ts';

const mail = (identifier: string, ...addresses: readonly string[]) =>
  ({ kind: 'email', identifier, addresses }) as const;

describe('waits for a person', () => {
  test.each<[string, Partial<OrderReading>, string | undefined]>([
    ['nobody', {}, undefined],
    ['what the provider says', { waitsForPerson: 'call the CA' }, 'call the CA'],
    [
      'who got mail, each address once',
      { challenges: [mail('a.test', 'x@a.test'), mail('b.test', 'x@a.test', 'y@b.test')] },
      'mail went to x@a.test, y@b.test; its link has to be followed for a.test, b.test',
    ],
    [
      'mail without an address',
      { challenges: [mail('a.test')] },
      'mail went to an approver; its link has to be followed for a.test',
    ],
    ['nobody once it is issued', { status: 'issued', waitsForPerson: 'call the CA' }, undefined],
  ])('%s', (_, fields, text) => {
    const wait = waitAfter(aRenewal(), aReading({ challenges: [], ...fields }), noon);
    expect(wait).toEqual(text === undefined ? null : { text, since: noon });
  });

  test('the moment stays, whatever words are found later', () => {
    const renewal = aRenewal({ waitsFor: { text: 'call the CA', since: noon } });
    expect(waitAfter(renewal, aReading({ waitsForPerson: 'send papers' }), after(5))).toEqual({
      text: 'send papers',
      since: noon,
    });
    expect(waitAfter(renewal, aReading({ challenges: [] }), after(5))).toBeNull();
  });
});

describe('a key made by the provider', () => {
  const vendorKeyPem = new Secret('KEY');
  const issued = aReading({ status: 'issued', vendorKeyPem });

  function take(fields: Parameters<typeof aRenewal>[0], reading: OrderReading) {
    const kept: unknown[] = [];
    const keys = {
      create: () => Promise.reject(new Error('no key was to be made')),
      keep: (certificate: string, pem: Secret) => {
        kept.push([certificate, pem.reveal()]);
        return Promise.resolve({ keyId: 'v1', spkiSha256: 'cd' });
      },
      read: () => 'KEY',
    };
    return { kept, patch: takeVendorKey(aRenewal(fields), reading, aStageContext({ keys })) };
  }

  test('is kept when it comes with the certificate', async () => {
    const { kept, patch } = take({}, issued);
    expect(await patch).toEqual({ keyId: 'v1', spkiSha256: 'cd' });
    expect(kept).toEqual([['shop', 'KEY']]);
  });

  test.each([
    ['not before', {}, aReading({ status: 'pending', vendorKeyPem })],
    ['not where the key is ours', { keyId: 'k1', spkiSha256: 'ab' }, issued],
    ['not where none comes', {}, aReading({ status: 'issued' })],
  ])('%s', async (_, fields, reading) => {
    const { kept, patch } = take(fields, reading);
    expect(await patch).toEqual({});
    expect(kept).toEqual([]);
  });
});
