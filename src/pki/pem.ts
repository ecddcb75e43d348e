/**
 * PEM blocks (RFC 7468) in every dialect that APIs and people produce: CRLF, everything on one line, "\n" written as
 * two characters, no line break between blocks, text around them, or plain DER without any PEM. Reads leniently,
 * writes strictly. Judges nothing: what is inside a block is for others to find out.
 */
import { asBuffer } from './der.ts';

/** A whole chain with long text around is some 20 KiB. */
export const pemBytesMax = 1024 * 1024;

/** The longest public chains have five certificates; a trust store is not read through this. */
export const pemBlocksMax = 64;

export interface PemBlock {
  /** "CERTIFICATE", "PRIVATE KEY", … */
  readonly label: string;
  /** Decoded content; empty when it is not base64 or the block has headers (encrypted keys of the old kind). */
  readonly der: Buffer;
}

export interface PemReading {
  readonly blocks: readonly PemBlock[];
  /** What could not be read; the sentence for people. */
  readonly problem?: {
    readonly code: 'too-large' | 'truncated' | 'not-base64' | 'too-many';
    readonly sentence: string;
  };
}

const beginPattern = /-----BEGIN ([A-Z0-9][A-Z0-9 ]{0,39})-----/g;

/** Never throws. Blocks before a problem are returned beside it. */
export function readPem(input: string | Uint8Array): PemReading {
  if (input.length > pemBytesMax) {
    return { blocks: [], problem: { code: 'too-large', sentence: `it is larger than ${pemBytesMax} bytes` } };
  }
  if (typeof input !== 'string' && looksLikeDer(input)) {
    return { blocks: [{ label: 'CERTIFICATE', der: asBuffer(input) }] };
  }
  const text = typeof input === 'string' ? input : asBuffer(input).toString('latin1');
  const blocks: PemBlock[] = [];
  beginPattern.lastIndex = 0;
  for (let begin = beginPattern.exec(text); begin !== null; begin = beginPattern.exec(text)) {
    const label = normalLabel(begin[1] ?? '');
    const bodyStart = beginPattern.lastIndex;
    const endMark = `-----END ${begin[1]}-----`;
    const bodyEnd = text.indexOf(endMark, bodyStart);
    const nextBegin = text.indexOf('-----BEGIN ', bodyStart);
    if (bodyEnd === -1 || (nextBegin !== -1 && nextBegin < bodyEnd)) {
      return { blocks, problem: { code: 'truncated', sentence: `a ${label} block begins and has no end` } };
    }
    if (blocks.length === pemBlocksMax) {
      return {
        blocks,
        problem: { code: 'too-many', sentence: `it has more than ${pemBlocksMax} PEM blocks` },
      };
    }
    const body = text.slice(bodyStart, bodyEnd);
    const der = decodeBody(body);
    if (der === undefined && !hasHeaders(body)) {
      return {
        blocks,
        problem: { code: 'not-base64', sentence: `a ${label} block holds something else than base64` },
      };
    }
    blocks.push({ label, der: der ?? Buffer.alloc(0) });
    beginPattern.lastIndex = bodyEnd + endMark.length;
  }
  return { blocks };
}

/** RFC 7468 §2: base64 in lines of 64 characters, a line break at the end. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines =
    asBuffer(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** A SEQUENCE with a two- or three-byte length: what every certificate begins with, and no text does. */
export function looksLikeDer(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && (bytes[1] === 0x82 || bytes[1] === 0x83 || bytes[1] === 0x81);
}

function decodeBody(body: string): Buffer | undefined {
  let base64 = body;
  // Whitespace is skipped by the decoder itself; only the written-out line breaks of JSON need taking away.
  if (base64.includes('\\')) base64 = base64.replace(/\\[rn]/g, '');
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(base64)) return undefined;
  const der = Buffer.from(base64, 'base64');
  return der.length > 0 ? der : undefined;
}

/** RFC 1421 headers ("Proc-Type: 4,ENCRYPTED"), as OpenSSL writes them into encrypted keys. */
function hasHeaders(body: string): boolean {
  return /^\s*[A-Za-z-]+: /.test(body);
}

/** RFC 7468 §5.1 and appendix A: old names of the same thing. */
function normalLabel(label: string): string {
  return label === 'X509 CERTIFICATE' || label === 'X.509 CERTIFICATE' ? 'CERTIFICATE' : label;
}
