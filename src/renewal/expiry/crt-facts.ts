/** What one look at a CRT file tells. Every way a file can be wrong is a fact with a reason, never an exception. */
import type { CertificateFacts } from '../../pki/certificate.ts';

const crtStates = [
  'ok',
  'missing',
  /** Permission or device trouble. */
  'unreadable',
  /** A directory, pipe, socket or device. */
  'not-a-file',
  'too-large',
  'empty',
  'truncated',
  /** Readable, and something else: text, a request, PKCS #12. */
  'not-a-certificate',
  'private-key',
  /** Labelled a certificate, and not one inside. */
  'malformed',
] as const;
export type CrtState = (typeof crtStates)[number];

export interface CrtFacts {
  readonly state: CrtState;
  /** Sentence for people, with the path unless all is well. */
  readonly reason: string;
  /** Present when `ok`, and when only what follows the leaf is damaged. */
  readonly leaf: CertificateFacts | undefined;
  /** Certificates in the file, the leaf included. */
  readonly certificates: number;
  /** False: servers that read this file would send another certificate as theirs. */
  readonly leafFirst: boolean;
  /** Whether the given key is the leaf's; undefined without a key or a leaf. */
  readonly keyMatches: boolean | undefined;
}
