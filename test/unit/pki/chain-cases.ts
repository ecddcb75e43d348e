/**
 * Chains, right and wrong, each with the verdict that is due. `failure` undefined: a good chain. `intermediates`: how
 * many must be in the ordered chain of a good one. Where OpenSSL is known to see it differently, `openssl` says so.
 */
import type { VerifyFailureCode } from '../../../src/renewal/verify/verify-issued.ts';
import {
  daysFromNow,
  newCa,
  newKey,
  newLeaf,
  withHash,
  x509,
  type CertificateOptions,
  type TestCertificate,
} from '../../builders/pki.ts';

export interface ChainCase {
  readonly title: string;
  readonly leaf: TestCertificate;
  readonly with: readonly TestCertificate[];
  readonly anchors?: readonly TestCertificate[];
  readonly failure?: VerifyFailureCode;
  readonly intermediates?: number;
  readonly at?: Date;
  /** What `openssl verify -purpose sslserver` says, when that differs from ours, and why. */
  readonly openssl?: 'accepts' | 'refuses';
}

const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
const { digitalSignature, keyCertSign, cRLSign, keyEncipherment } = x509.KeyUsageFlags;

/** A critical extension nobody knows: a private arc, content NULL. */
const unknownCritical = new x509.Extension('1.3.6.1.4.1.99999.1', true, new Uint8Array([5, 0]));
const unknownHarmless = new x509.Extension('1.3.6.1.4.1.99999.2', false, new Uint8Array([5, 0]));
const poison = new x509.Extension('1.3.6.1.4.1.11129.2.4.3', true, new Uint8Array([5, 0]));

/** SEQUENCE, context tag or string around content; enough DER for short name constraints. */
function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, body.length]), body]);
}

function dnsConstraints(permitted: readonly string[], excluded: readonly string[]): x509.Extension {
  const list = (tag: number, names: readonly string[]): Buffer[] =>
    names.length === 0 ? [] : [tlv(tag, ...names.map((name) => tlv(0x30, tlv(0x82, Buffer.from(name)))))];
  return new x509.Extension('2.5.29.30', true, tlv(0x30, ...list(0xa0, permitted), ...list(0xa1, excluded)));
}

function addressConstraints(bytes: readonly number[]): x509.Extension {
  return new x509.Extension(
    '2.5.29.30',
    true,
    tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x87, Buffer.from(bytes))))),
  );
}

function mailConstraints(): x509.Extension {
  return new x509.Extension(
    '2.5.29.30',
    true,
    tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x81, Buffer.from('example.com'))))),
  );
}

/** The certificate with one bit of its signature flipped. */
function withBrokenSignature(from: TestCertificate): TestCertificate {
  const der = Buffer.from(from.der);
  const last = der.length - 1;
  der.writeUInt8(der.readUInt8(last) ^ 1, last);
  const certificate = new x509.X509Certificate(der);
  return { ...from, der, certificate, pem: `${certificate.toString('pem')}\n` };
}

export async function chainCases(): Promise<readonly ChainCase[]> {
  const root = await newCa('test root');
  const intermediate = await newCa('test intermediate', root, {
    basicConstraints: { ca: true, pathLength: 0 },
  });
  const upper = await newCa('upper intermediate', root);
  const lower = await newCa('lower intermediate', upper);
  const otherRoot = await newCa('other root');
  const rsaKey = await newKey('rsa2048');
  const leaf = await newLeaf(intermediate);

  const under = async (ca: CertificateOptions, below: CertificateOptions = {}) => {
    const issuer = await newCa('special intermediate', root, ca);
    return { with: [issuer, root], leaf: await newLeaf(issuer, below) };
  };
  const leafWith = async (options: CertificateOptions) => ({
    leaf: await newLeaf(intermediate, options),
    with: [intermediate, root],
  });

  // Two certificates for one CA key: by its own root, and by an older one.
  const crossed = await newCa('test root', otherRoot, { key: root.key });
  const crossedByExpired = await newCa('test root', await newCa('gone root'), { key: root.key });

  // A -> B -> A: each the other's issuer, and no root anywhere.
  const keyA = await newKey();
  const keyB = await newKey();
  const loopA = await newCa('loop a', undefined, {
    key: keyA,
    issuerName: 'CN=loop b',
    signer: keyB,
    withKeyIds: false,
  });
  const loopB = await newCa('loop b', undefined, {
    key: keyB,
    issuerName: 'CN=loop a',
    signer: keyA,
    withKeyIds: false,
  });

  // The same name, another key: what stands in the AKI must decide, or else the signature.
  const impostor = await newCa('test intermediate', root);
  const silentImpostor = await newCa('test intermediate', root, { withKeyIds: false });
  const silentLeaf = await newLeaf(intermediate, { withKeyIds: false });

  const limitedRoot = await newCa('limited root', undefined, {
    basicConstraints: { ca: true, pathLength: 1 },
  });
  const selfIssued = await newCa('key rollover', limitedRoot);
  const rolledOver = await newCa('key rollover', selfIssued);

  const tooDeepCa = await newCa('too deep', intermediate);

  const long: TestCertificate[] = [root];
  for (let depth = 0; depth < 12; depth += 1) long.push(await newCa(`level ${depth}`, long[depth]));
  const longLeaf = await newLeaf(long.at(-1));

  const sha1Rsa = await newKey('rsa2048', 'SHA-1');
  const sha1Intermediate = await newCa('old intermediate', root, { key: sha1Rsa });
  const weakRoot = await newCa('weak root', undefined, { key: await newKey('rsa1024') });
  const sha1Root = await newCa('old root', undefined, { key: sha1Rsa, hash: 'SHA-1' });

  const sha1Signed = await newCa('signed the old way', sha1Root, { hash: 'SHA-1' });

  const deadRoot = await newCa('dead root', undefined, { notAfter: daysFromNow(-1) });

  return [
    // Good ones
    { title: 'leaf, intermediate, root', leaf, with: [intermediate, root], intermediates: 1 },
    {
      title: 'shuffled, duplicates, the leaf again, root included',
      leaf,
      with: [root, leaf, intermediate, root, intermediate, leaf],
      intermediates: 1,
    },
    {
      title: 'foreign certificates in between',
      leaf,
      with: [otherRoot, lower, intermediate, upper, root],
      intermediates: 1,
    },
    {
      title: 'no root, but a configured anchor',
      leaf,
      with: [intermediate],
      anchors: [root],
      intermediates: 1,
    },
    {
      title: 'intermediate left out, but configured as an anchor',
      leaf,
      with: [],
      anchors: [intermediate],
      intermediates: 0,
      openssl: 'refuses',
    },
    {
      title: 'two intermediates, upside down',
      leaf: await newLeaf(lower),
      with: [root, upper, lower],
      intermediates: 2,
    },
    { title: 'signed by the root itself', leaf: await newLeaf(root), with: [root], intermediates: 0 },
    {
      title: 'RSA leaf with key encipherment only',
      ...(await leafWith({ key: rsaKey, keyUsage: keyEncipherment })),
      intermediates: 1,
    },
    { title: 'P-384 leaf', ...(await leafWith({ key: await newKey('p384') })), intermediates: 1 },
    { title: 'P-521 CA', ...(await under({ key: await newKey('p521') })), intermediates: 1 },
    {
      title: 'RSA CA, SHA-384',
      ...(await under({ key: await newKey('rsa2048', 'SHA-384') }, { hash: 'SHA-384' })),
      intermediates: 1,
    },
    { title: 'Ed25519 CA', ...(await under({ key: await newKey('ed25519') })), intermediates: 1 },
    {
      title: 'serverAuth and clientAuth',
      ...(await leafWith({ extendedKeyUsage: [serverAuth, clientAuth] })),
      intermediates: 1,
    },
    {
      title: 'unknown extension that is not critical',
      ...(await leafWith({ extra: [unknownHarmless] })),
      intermediates: 1,
    },
    { title: 'no key identifiers anywhere', leaf: silentLeaf, with: [intermediate, root], intermediates: 1 },
    {
      title: 'another CA of the same name beside it',
      leaf,
      with: [impostor, intermediate, root],
      intermediates: 1,
    },
    {
      title: 'the same without key identifiers: the signature decides',
      leaf: silentLeaf,
      with: [silentImpostor, intermediate, root],
      openssl: 'refuses',
      intermediates: 1,
    },
    {
      title: 'cross-signed: the longer way is kept',
      leaf,
      with: [intermediate, crossed, root, otherRoot],
      intermediates: 2,
    },
    {
      title: 'cross-signed: the configured anchor wins',
      leaf,
      with: [intermediate, crossed, otherRoot],
      anchors: [root],
      intermediates: 1,
    },
    {
      title: 'cross-signed by a root that is gone',
      leaf,
      with: [intermediate, crossedByExpired, root],
      intermediates: 1,
    },
    {
      title: 'intermediate with serverAuth',
      ...(await under({ extendedKeyUsage: [serverAuth] })),
      intermediates: 1,
    },
    {
      title: 'self-issued certificates do not count for the path length',
      leaf: await newLeaf(rolledOver),
      with: [rolledOver, selfIssued, limitedRoot],
      intermediates: 2,
    },
    {
      title: 'SHA-1 in a root: nobody relies on it',
      leaf: await newLeaf(sha1Root, { signer: await withHash(sha1Rsa, 'SHA-256') }),
      with: [sha1Root],
      intermediates: 0,
    },
    {
      title: 'name constraints that hold',
      ...(await under({ extra: [dnsConstraints(['example.com'], ['bad.example.com'])] })),
      intermediates: 1,
    },
    {
      title: 'name constraints with a leading dot',
      ...(await under({ extra: [dnsConstraints(['.example.com'], [])] })),
      intermediates: 1,
    },
    {
      title: 'address constraints that hold',
      ...(await under(
        { extra: [addressConstraints([192, 0, 2, 0, 255, 255, 255, 0])] },
        { addresses: ['192.0.2.7'] },
      )),
      intermediates: 1,
    },
    {
      title: 'mail constraints do not concern servers',
      ...(await under({ extra: [mailConstraints()] })),
      intermediates: 1,
    },
    // RFC 5280 §4.1.2.5 counts notAfter in; OpenSSL's comparison does not.
    {
      title: 'the last second',
      leaf,
      with: [intermediate, root],
      intermediates: 1,
      at: daysFromNow(199),
      openssl: 'refuses',
    },
    { title: 'the first second', leaf, with: [intermediate, root], intermediates: 1, at: daysFromNow(-1) },

    // Wrong ones
    {
      title: 'one second after the end',
      leaf,
      with: [intermediate, root],
      at: new Date(daysFromNow(199).getTime() + 1000),
      failure: 'expired',
    },
    {
      title: 'one second before the beginning',
      leaf,
      with: [intermediate, root],
      at: new Date(daysFromNow(-1).getTime() - 1000),
      failure: 'not-yet-valid',
    },
    {
      title: 'expired intermediate',
      ...(await under({ notBefore: daysFromNow(-50), notAfter: daysFromNow(-1) })),
      failure: 'expired',
    },
    {
      title: 'intermediate of the future',
      ...(await under({ notBefore: daysFromNow(1) })),
      failure: 'not-yet-valid',
    },
    { title: 'expired root', leaf: await newLeaf(deadRoot), with: [deadRoot], failure: 'expired' },
    {
      title: 'wrong signature on the leaf',
      leaf: withBrokenSignature(leaf),
      with: [intermediate, root],
      failure: 'signature',
    },
    {
      title: 'wrong signature on the intermediate',
      leaf,
      with: [withBrokenSignature(intermediate), root],
      failure: 'signature',
    },
    { title: 'signed by a stranger', ...(await leafWith({ signer: keyA })), failure: 'signature' },
    {
      title: 'issuer of the right name and another key',
      leaf,
      with: [impostor, root],
      failure: 'incomplete',
    },
    {
      title: 'the same without key identifiers',
      leaf: silentLeaf,
      with: [silentImpostor, root],
      failure: 'signature',
    },
    {
      title: 'wrong issuer name',
      ...(await leafWith({ issuerName: 'CN=somebody else' })),
      failure: 'incomplete',
    },
    { title: 'nothing came with it', leaf, with: [], failure: 'incomplete' },
    { title: 'no root and no anchor', leaf, with: [intermediate], failure: 'incomplete' },
    { title: 'a foreign anchor', leaf, with: [intermediate], anchors: [otherRoot], failure: 'incomplete' },
    { title: 'root but no intermediate', leaf, with: [root], failure: 'incomplete' },
    { title: 'no CA flag', ...(await under({ basicConstraints: { ca: false } })), failure: 'not-a-ca' },
    { title: 'no basic constraints', ...(await under({ basicConstraints: null })), failure: 'not-a-ca' },
    {
      title: 'issued by a leaf',
      leaf: await newLeaf(leaf),
      with: [leaf, intermediate, root],
      failure: 'not-a-ca',
    },
    {
      title: 'path length exceeded',
      leaf: await newLeaf(tooDeepCa),
      with: [tooDeepCa, intermediate, root],
      failure: 'path-length',
    },
    { title: 'path length of the root exceeded', ...(await tooDeep()), failure: 'path-length' },
    { title: 'CA may not sign certificates', ...(await under({ keyUsage: cRLSign })), failure: 'key-usage' },
    {
      title: 'CA with digitalSignature only',
      ...(await under({ keyUsage: digitalSignature })),
      failure: 'key-usage',
    },
    { title: 'clientAuth only', ...(await leafWith({ extendedKeyUsage: [clientAuth] })), failure: 'purpose' },
    {
      title: 'no extended key usage',
      ...(await leafWith({ extendedKeyUsage: null })),
      failure: 'purpose',
      openssl: 'accepts',
    },
    {
      title: 'intermediate for clientAuth only',
      ...(await under({ extendedKeyUsage: [clientAuth] })),
      failure: 'purpose',
    },
    {
      title: 'leaf may not sign handshakes',
      ...(await leafWith({ keyUsage: cRLSign })),
      failure: 'key-usage',
    },
    {
      title: 'EC leaf with key encipherment only',
      ...(await leafWith({ keyUsage: keyEncipherment })),
      failure: 'key-usage',
      openssl: 'accepts',
    },
    {
      title: 'leaf is a CA',
      ...(await leafWith({ basicConstraints: { ca: true }, keyUsage: digitalSignature | keyCertSign })),
      failure: 'leaf-is-ca',
      openssl: 'accepts',
    },
    {
      title: 'unknown critical extension on the leaf',
      ...(await leafWith({ extra: [unknownCritical] })),
      failure: 'critical-extension',
    },
    {
      title: 'unknown critical extension on the intermediate',
      ...(await under({ extra: [unknownCritical] })),
      failure: 'critical-extension',
    },
    { title: 'precertificate', ...(await leafWith({ extra: [poison] })), failure: 'critical-extension' },
    {
      title: 'SHA-1 on the leaf',
      leaf: await newLeaf(sha1Intermediate, { hash: 'SHA-1' }),
      with: [sha1Intermediate, root],
      failure: 'weak-signature',
      openssl: 'accepts',
    },
    {
      title: 'SHA-1 on the intermediate',
      leaf: await newLeaf(sha1Signed),
      with: [sha1Signed, sha1Root],
      failure: 'weak-signature',
      openssl: 'accepts',
    },
    {
      title: 'any purpose, and none named',
      ...(await leafWith({ extendedKeyUsage: ['2.5.29.37.0'] })),
      failure: 'purpose',
    },
    {
      title: 'RSA-1024 leaf',
      ...(await leafWith({ key: await newKey('rsa1024') })),
      failure: 'weak-key',
      openssl: 'accepts',
    },
    {
      title: 'RSA-1024 root',
      leaf: await newLeaf(weakRoot),
      with: [weakRoot],
      failure: 'weak-key',
      openssl: 'accepts',
    },
    { title: 'a circle', leaf: await newLeaf(loopA), with: [loopA, loopB], failure: 'loop' },
    { title: 'no end in sight', leaf: longLeaf, with: long, failure: 'too-long', openssl: 'accepts' },
    { title: 'self-signed leaf', leaf: await newLeaf(undefined), with: [], failure: 'self-signed-leaf' },
    {
      title: 'self-signed leaf that is an anchor',
      ...(await trustedSelf()),
      failure: 'self-signed-leaf',
      openssl: 'accepts',
    },
    {
      title: 'outside the permitted names',
      ...(await under({ extra: [dnsConstraints(['example.org'], [])] })),
      failure: 'name-constraints',
    },
    {
      title: 'inside the excluded names',
      ...(await under({ extra: [dnsConstraints([], ['shop.example.com'])] })),
      failure: 'name-constraints',
    },
    {
      title: 'a name that only ends alike',
      ...(await under({ extra: [dnsConstraints(['hop.example.com'], [])] })),
      failure: 'name-constraints',
    },
    {
      title: 'a wildcard that reaches an excluded name',
      ...(await under(
        { extra: [dnsConstraints([], ['bad.example.com'])] },
        { names: ['shop.example.com', 'www.shop.example.com', '*.example.com'] },
      )),
      failure: 'name-constraints',
      openssl: 'accepts',
    },
    {
      title: 'address outside the permitted ones',
      ...(await under(
        { extra: [addressConstraints([192, 0, 2, 0, 255, 255, 255, 0])] },
        { addresses: ['198.51.100.7'] },
      )),
      failure: 'name-constraints',
    },
    {
      title: 'BER instead of DER',
      ...(await under({
        basicConstraints: null,
        extra: [new x509.Extension('2.5.29.19', true, new Uint8Array([0x30, 3, 1, 1, 1]))],
      })),
      failure: 'malformed',
      openssl: 'accepts',
    },
    {
      title: 'basic constraints cut short',
      ...(await under({
        basicConstraints: null,
        extra: [new x509.Extension('2.5.29.19', true, new Uint8Array([0x30, 3, 1, 1]))],
      })),
      failure: 'malformed',
    },
  ];

  async function tooDeep() {
    const shallow = await newCa('shallow root', undefined, { basicConstraints: { ca: true, pathLength: 0 } });
    const middle = await newCa('one too many', shallow);
    return { leaf: await newLeaf(middle), with: [middle, shallow] };
  }

  async function trustedSelf() {
    const self = await newLeaf(undefined);
    return { leaf: self, with: [], anchors: [self] };
  }
}
