/**
 * The certificates of a certs-only PKCS #7 message (RFC 5652 §5, RFC 8551 §3.2.2 "application/pkcs7-mime;
 * smime-type=certs-only"), as resellers hand out chains. Only takes them out: proves no signature. Import it lazily;
 * pkijs is large.
 */
import { fromBER } from 'asn1js';
import { Certificate, ContentInfo, SignedData } from 'pkijs';
import { RenewdError } from '../../core/errors.ts';
import { decodePem } from './text.ts';

/** OID 1.2.840.113549.1.7.2, RFC 5652 §5.1. */
const signedDataType = '1.2.840.113549.1.7.2';

/** A bundle of ten certificates has about 20 KiB. */
const bytesMax = 1024 * 1024;
const certificatesMax = 32;
/** A certificate has some 150 nodes, 15 levels deep. */
const parserLimits = { maxDepth: 40, maxNodes: 20_000, parseEmbedded: false };

/**
 * DER of each certificate, in the order of the message (a set: no order is promised). DER, BER or PEM (labels PKCS7 and
 * CMS). Throws `provider-protocol` for anything else: a signed message, other kinds of certificates, more than 32.
 */
export function certificatesOfPkcs7(bytes: Uint8Array): readonly Buffer[] {
  if (bytes.length > bytesMax) throw refused(`more than ${bytesMax} bytes`);
  const der = derOf(bytes);
  let signed: SignedData;
  try {
    // A copy: asn1js keeps views into the whole buffer that stands behind a Node Buffer.
    const { result, offset } = fromBER(new Uint8Array(der), parserLimits);
    if (offset === -1) throw refused('not ASN.1');
    const info = new ContentInfo({ schema: result });
    if (info.contentType !== signedDataType) throw refused('not SignedData');
    signed = new SignedData({ schema: info.content });
  } catch (thrown) {
    if (thrown instanceof RenewdError) throw thrown;
    throw refused('malformed', thrown);
  }
  return certificatesOf(signed);
}

function certificatesOf(signed: SignedData): readonly Buffer[] {
  if (signed.signerInfos.length > 0 || signed.encapContentInfo.eContent !== undefined) {
    throw refused('it is a signed message and not just certificates');
  }
  const items = signed.certificates ?? [];
  if (items.length > certificatesMax) throw refused(`more than ${certificatesMax} certificates`);
  return items.map((item) => {
    if (!(item instanceof Certificate)) throw refused('it holds something that is no X.509 certificate');
    try {
      return Buffer.from(item.toSchema().toBER());
    } catch (thrown) {
      throw refused('malformed', thrown);
    }
  });
}

function derOf(bytes: Uint8Array): Uint8Array {
  // A SEQUENCE; what it holds may well contain PEM text.
  if (bytes[0] === 0x30) return bytes;
  const der = decodePem(Buffer.from(bytes).toString('latin1'), ['PKCS7', 'CMS', 'PKCS #7 SIGNED DATA']);
  if (der === undefined) throw refused('no PEM block of that kind');
  return der;
}

function refused(why: string, cause?: unknown): RenewdError {
  return new RenewdError('provider-protocol', `the PKCS #7 message is refused: ${why}`, { cause });
}
