/**
 * What a file proof may be called and hold. The path comes from a provider, so it is hostile until checked here; the
 * publishers check again even though the caller did.
 *
 * Allowed are plain names (RFC 3986 unreserved characters) that end in .txt or .html or have no ending at all: a server
 * would run or treat specially many other names. Hidden names are refused but for a first segment ".well-known".
 */
import type { FileEvidence } from '../contracts/publisher.ts';
import { RenewdError } from '../core/errors.ts';

const maxPathLength = 1024;
const maxSegments = 8;
/** File systems allow 255; room is left for the name of a temporary file beside it. */
const maxSegmentLength = 200;
/** Octets. Real proofs have less than 300. */
export const maxContentOctets = 64 * 1024;

const directoryName = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/;
/** One dot at most: Apache looks at every ending of "proof.php.txt". */
const fileName = /^[A-Za-z0-9_~-]+(?:\.(?:txt|html?))?$/;
/** Names with a meaning of their own at the top of a site. */
const meaningfulNames = /^(?:index|default|robots|humans|ads|app-ads|security|favicon|sitemap)(?:\.|$)/i;

function unsafe(what: string, evidence: FileEvidence): RenewdError {
  return new RenewdError('dcv-unsafe', `the path ${JSON.stringify(evidence.path.slice(0, 200))} ${what}`, {
    fields: { host: evidence.host.slice(0, 253) },
  });
}

/**
 * The segments of the path, each safe to be joined below a directory.
 * Throws RenewdError `dcv-unsafe` for a path or content that is not such a proof.
 */
export function safeSegments(evidence: FileEvidence): readonly string[] {
  const { path, content } = evidence;
  if (!path.startsWith('/')) throw unsafe('does not begin with "/"', evidence);
  if (path.length > maxPathLength) throw unsafe(`is longer than ${maxPathLength} characters`, evidence);
  const segments = path.slice(1).split('/');
  if (segments.length > maxSegments) throw unsafe(`has more than ${maxSegments} segments`, evidence);
  for (const [index, segment] of segments.entries()) {
    const isFile = index === segments.length - 1;
    if (segment.length > maxSegmentLength) throw unsafe('has a segment that is too long', evidence);
    if (index === 0 && !isFile && segment === '.well-known') continue;
    if (segment.startsWith('.')) throw unsafe('climbs, or has a hidden segment', evidence);
    if (!(isFile ? fileName : directoryName).test(segment)) {
      throw unsafe(`has a segment that no proof needs: ${JSON.stringify(segment.slice(0, 60))}`, evidence);
    }
  }
  if (segments.length === 1 && meaningfulNames.test(segments[0] ?? '')) {
    throw unsafe('has a meaning of its own at the top of a site', evidence);
  }
  if (Buffer.byteLength(content) > maxContentOctets) throw unsafe('would hold too much', evidence);
  // A proof is a token. Mark-up, served from the site itself, could be a script.
  if (/[<>]/.test(content)) throw unsafe('would hold mark-up', evidence);
  return segments;
}
