/** HEXONET: what CreateSSLCert does not take, and that nothing is bought then. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { RSA_CSR } from './hexonet-keys.ts';
import { create, NAME, startHexonet } from './hexonet-kit.ts';
import type { HexonetWorld, Input } from './hexonet-kit.ts';
import { csrFor } from './kit.ts';
import { pemLines } from './rrpproxy-kit.ts';

let world: HexonetWorld;
/** For the rows of the table: none of them leaves anything behind. */
let shared: HexonetWorld | undefined;
afterEach(async () => {
  if (world !== shared) await world.close();
});
afterAll(() => shared?.close());

describe('CreateSSLCert', () => {
  it.each<[string, () => Promise<Input> | Input, string]>([
    ['no class', () => ({ sslcertclass: '' }), '504 Missing required attribute; SSLCERTCLASS'],
    [
      'an unknown class',
      () => ({ sslcertclass: 'ssl123dv', domain0: NAME }),
      '541 Invalid attribute value; SSLCERTCLASS',
    ],
    ['no name', () => ({}), '504 Missing required attribute; DOMAIN0'],
    ['a name that is none', () => ({ domain0: 'localhost' }), '505 Invalid attribute value syntax; DOMAIN0'],
    [
      'too many names',
      () => ({ domain: ['a.example.test', 'b.example.test'] }),
      '541 Invalid attribute value; DOMAIN1; COMODO_ESSENTIALSSL takes one domain',
    ],
    [
      'too few names',
      () => ({ sslcertclass: 'COMODO_UCC', domain0: NAME }),
      '541 Invalid attribute value; DOMAIN; COMODO_UCC takes 2 to 100 domains',
    ],
    [
      'a wildcard that is not sold',
      () => ({ domain0: '*.example.test' }),
      '541 Invalid attribute value; DOMAIN; COMODO_ESSENTIALSSL takes no wildcard',
    ],
    [
      'no wildcard where it is',
      () => ({ sslcertclass: 'COMODO_WILDCARDSSL', domain0: NAME }),
      '541 Invalid attribute value; DOMAIN0; COMODO_WILDCARDSSL wants a wildcard',
    ],
    [
      'a method that is none',
      () => ({ domain0: NAME, validation0: 'DNS' }),
      '505 Invalid attribute value syntax; VALIDATION0',
    ],
    [
      'a method the class has not',
      () => ({ sslcertclass: 'SYMANTEC_SECURESITE', domain0: NAME, validation0: 'URL' }),
      '541 Invalid attribute value; VALIDATION0; SYMANTEC_SECURESITE has no URL validation',
    ],
    [
      'a wildcard by file',
      () => ({ sslcertclass: 'COMODO_WILDCARDSSL', domain0: '*.example.test', validation0: 'URL' }),
      '541 Invalid attribute value; VALIDATION0; a wildcard cannot be validated by URL',
    ],
    [
      'a method for no name',
      () => ({ domain0: NAME, validation1: 'URL' }),
      '541 Invalid attribute value; VALIDATION1; there is no DOMAIN1',
    ],
    [
      'an address that is none',
      () => ({ domain0: NAME, validationemail0: 'me' }),
      '505 Invalid attribute value syntax; VALIDATIONEMAIL0',
    ],
    [
      'nobody to write to',
      () => ({ domain0: NAME, ownercontact0city: 'Homburg' }),
      '504 Missing required attribute; VALIDATIONEMAIL0',
    ],
    [
      'an unknown contact',
      () => ({ domain0: NAME, techcontact0: 'P-XXX999' }),
      '541 Invalid attribute value; TECHCONTACT0',
    ],
    [
      'no organisation',
      () => ({ sslcertclass: 'COMODO_INSTANTSSL', domain0: NAME, ownercontact0email: 'a@example.test' }),
      '504 Missing required attribute; OWNERCONTACT0ORGANIZATION',
    ],
    [
      'a term that is not sold',
      () => ({ domain0: NAME, period: 4 }),
      '505 Invalid attribute value syntax; PERIOD',
    ],
    [
      'too short a key',
      () => ({ domain0: NAME, keylength: 1024 }),
      '505 Invalid attribute value syntax; KEYLENGTH',
    ],
    [
      'a key longer than the CA takes',
      () => ({ domain0: NAME, keylength: 8192 }),
      '549 Command failed; the certificate supplier takes keys of 4096 bits at most',
    ],
    [
      'a key that is none',
      () => ({ domain0: NAME, pem0: '-----BEGIN RSA PRIVATE KEY-----' }),
      '505 Invalid attribute value syntax; PEM',
    ],
    [
      'a request in one piece',
      async () => ({ csr0: (await csrFor([NAME])).replaceAll('\n', '') }),
      '505 Invalid attribute value syntax; CSR',
    ],
    [
      'a request without its beginning',
      async () => ({ csr: ['', ...pemLines(await csrFor([NAME])).slice(1)] }),
      '505 Invalid attribute value syntax; CSR',
    ],
    [
      'a request with a short key',
      async () => ({ csr: pemLines(await csrFor([NAME], 'RSA-1024')) }),
      '541 Invalid attribute value; CSR; key below 2048 bits',
    ],
    [
      'a request for something else',
      async () => ({ domain0: NAME, csr: pemLines(await csrFor(['a.example.test'])) }),
      '541 Invalid attribute value; DOMAIN; not the names of the CSR: shop.example.test a.example.test',
    ],
    [
      'a refusal of the CA',
      () => ({ domain0: 'refuse-me.example.test' }),
      '549 Command failed; The certificate supplier refused the request',
    ],
    ['no credit', () => ({ domain0: 'credit-me.example.test' }), '546 Credit limit exceeded'],
  ])('is refused, and costs nothing: %s', async (_, input, refusal) => {
    shared ??= await startHexonet();
    world = shared;
    expect(await world.refused(create(await input()))).toBe(refusal);
    expect(world.simulator.invoices()).toEqual([]);
    expect(world.sandbox.ca.orders()).toEqual([]);
  });

  it('refuses a request that was tampered with', async () => {
    world = await startHexonet();
    const lines = RSA_CSR;
    // A letter of the signature changed, as one sample of the vendor's pages has it.
    const last = lines.at(-2) ?? '';
    const csr = [
      ...lines.slice(0, -2),
      `${last.startsWith('A') ? 'B' : 'A'}${last.slice(1)}`,
      lines.at(-1) ?? '',
    ];
    expect(await world.refused(create({ csr }))).toBe('541 Invalid attribute value; CSR; wrong signature');
    expect(await world.refused({ command: 'ParseSSLCertCSR', csr })).toContain('549');
  });

  it('stops when the credit is used up', async () => {
    world = await startHexonet({ credit: 20 });
    const csr = pemLines(await csrFor([NAME]));
    await world.ok(create({ csr }));
    expect(await world.refused(create({ csr }))).toBe('546 Credit limit exceeded');
    expect(world.simulator.invoices()).toHaveLength(1);
  });
});
