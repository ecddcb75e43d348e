import { writeFileSync, readFileSync } from 'node:fs';
import { X509Certificate, hash } from 'node:crypto';
import { newChain } from './builders/pki.ts';
import { nodeFiles } from '../src/platform/files.ts';
import { readCrt } from '../src/renewal/expiry/read-crt.ts';
import { readPem } from '../src/pki/pem.ts';
import { readCertificate } from '../src/pki/x509.ts';
import { certificateFacts, parseCertificate } from '../src/pki/certificate.ts';
import { basicConstraints } from '../src/pki/extensions.ts';
const chain = await newChain();
const pem = chain.leaf.pem + chain.intermediate.pem;
writeFileSync('/tmp/b.pem', pem);
const buf = readFileSync('/tmp/b.pem');
const der = readPem(buf).blocks[0]!.der;
const fields = readCertificate(der);
const N = 5000;
const parts: Record<string, () => unknown> = {
  readFileSync: () => readFileSync('/tmp/b.pem'),
  'files.stat': () => nodeFiles.stat('/tmp/b.pem'),
  'files.read': () => nodeFiles.read('/tmp/b.pem', 1e6),
  x509pem: () => new X509Certificate(buf),
  x509der: () => new X509Certificate(der),
  readPem: () => readPem(buf),
  readCertificate: () => readCertificate(der),
  parse: () => parseCertificate(der),
  facts: () => certificateFacts(fields),
  bc: () => basicConstraints(fields),
  sha: () => hash('sha256', der, 'hex'),
  all: () => readCrt('/tmp/b.pem', nodeFiles),
};
for (const [k, f] of Object.entries(parts)) {
  const xs = [];
  for (let r = 0; r < 7; r++) { const t = performance.now(); for (let i = 0; i < N; i++) f(); xs.push((performance.now() - t) / N * 1000); }
  console.log(k.padEnd(16), xs.toSorted((a, b) => a - b)[3]!.toFixed(2), 'µs');
}
