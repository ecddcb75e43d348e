/**
 * Every sample of "Reissue a SSL Certificate Step by Step via API" (CentralNic Reseller), re-typed, and the answers of
 * API 1 in the knowledge base (ssl/ssl-validation-methods). PEM texts are only hinted at in the documents: a short one
 * stands for them, and where an answer must hold a certificate the tests put in their own.
 */
import { csr as csrText } from '../unit/providers/rrpproxy/samples.ts';
import type { AnswerSample, RequestSample } from './rrpproxy.ts';

const document = 'centralnic-reissue-v1';
const knowledgeBase = 'knowledge base';

const csr = Object.fromEntries(
  csrText
    .trim()
    .split('\n')
    .map((line, index) => [`CSR${index}`, line]),
);

/** The document's samples carry no `apiversion`; ours always do (Reference Manual 8.1.4: `apiversion = 1|2`). */
export const requestSamples: readonly RequestSample[] = [
  {
    document,
    section: 'API Command Example 1: No sub is stated',
    command: 'ReissueCertificate',
    parameters: { CERTIFICATE: 'CZ00001', ...csr },
  },
  {
    document,
    section: 'API Command Example 2: explicitly stated sub',
    command: 'ReissueCertificate',
    parameters: { CERTIFICATE: 'CZ00001', SUB: 'CZ00001-001', ...csr },
  },
  {
    document,
    section: 'Obtaining the new CRT',
    command: 'StatusCertificate',
    parameters: { CERTIFICATE: 'CZ00001', SUB: 'CZ00001-003' },
  },
  {
    document,
    section: 'Revoking a certificate',
    command: 'DeleteCertificate',
    parameters: { CERTIFICATE: 'CZ00001', SUB: 'CZ00001-001' },
  },
  {
    // The document leaves the values of this one empty.
    document,
    section: 'ReissueCertificate API Command',
    command: 'ReissueCertificate',
    parameters: {
      CERTIFICATE: 'CZ00001',
      ...csr,
      SUB: 'CZ00001-002',
      REISSUEEMAIL: 'hostmaster@example.com',
      ALGORITHM: 'sha256',
    },
  },
];

const head = 'code = 200\ndescription = Command completed successfully\nruntime = 7.872\n';

/** "StatusCertificate API Command", with texts for the CSR and CRT in place of its empty values. */
export function status(csrLines: string, crtLines: string): string {
  return `${head}property[approveremail][0]= hostmaster@example.com
property[certificate][0]= AB1234567
${crtLines}
${csrLines}
property[sub][0]= AB1234567-001
property[sub id][0]= AB1234567-001
property[sub status][0]= ACTIVE
`;
}

export const answerSamples: readonly AnswerSample[] = [
  {
    document,
    section: 'StatusCertificate API Command',
    command: 'StatusCertificate',
    text: status('', ''),
  },
  {
    document: knowledgeBase,
    section: 'validation-method-digicert-dns',
    command: 'AddCertificate',
    text: `${head}property[certificate][0]  = SA4317966
property[dnsauth name][0] = k5loo039okyyz1jlrde57ku091h1og39uv6enkzo1v265graqw
property[status][0]       = REQUESTED
property[sub][0]          = SA4317966-001
property[sub status][0]   = ORDER_REQUESTED
`,
  },
  {
    document: knowledgeBase,
    section: 'validation-method-digicert-file',
    command: 'AddCertificate',
    text: `${head}property[certificate][0]       = SA3546077
property[fileauth contents][0] = RInN0UIPzTzZrJDhCD6C
property[fileauth name][0]     = .well-known/pki-validation/fileauth.txt
property[status][0]            = REQUESTED
property[sub][0]               = SA3546077-001
property[sub status][0]        = ORDER_REQUESTED
`,
  },
  {
    document: knowledgeBase,
    section: 'validation-method-sectigo-dns',
    command: 'AddCertificate',
    text: `${head}property[certificate][0] = CY2757994
property[dnsauth name][0] = _47cba4dfbe697765f51230e84f04d091.mail.example.com.  CNAME  5b06bda4ffe784373d6616ab8fcbef1.7da4549f0623a25f37e128efb0fbf745d.1f96729172445e721043.comodoca.com.
property[status][0] = REQUESTED
property[sub][0] = CY2757994-001
property[sub status][0] = ORDER_REQUESTED
`,
  },
  {
    document: knowledgeBase,
    section: 'validation-method-sectigo-file, order',
    command: 'AddCertificate',
    text: `${head}property[certificate][0] = CY2737994
property[fileauth name][0] = 8C7A3B5360E02F8C0EE6222D42345867.txt
property[fileauth contents][0] = 337c212a87093c4c06231b9c974eb848f29afaeb56f17ecb7ada84773779dca4
property[fileauth contents][1] = comodoca.com
property[fileauth contents][2] = 0466b86ba44e6ba5607a
property[status][0] = REQUESTED
property[sub][0] = CY2737994-001
property[sub status][0] = ORDER_REQUESTED
`,
  },
  {
    document: knowledgeBase,
    section: 'validation-method-sectigo-file, status',
    command: 'StatusCertificate',
    text: `${head}property[certificate][0] = CY2737994
property[fileauth contents][0] = 337c212a87093c4c04681b9c974eb848f29afaeb56f17ecb7ada84773779dca4 comodoca.com 0466b86ba55e6ba5607a
property[fileauth name][0] = 8C7A3B5360E02F8C0EE6222D56215867.txt
property[status][0] = REQUESTED
`,
  },
];
