/** PEM in (forgiving, as vendors' web forms are) and PEM out (strict, RFC 7468 §3). */

export function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/**
 * The DER of a certificate request: with either of the two labels in use, with any line ends, on one line, or as bare
 * base64 without any label. Throws a sentence for people.
 */
export function csrDer(text: string): Buffer {
  const match =
    /-----BEGIN (NEW )?CERTIFICATE REQUEST-----([^-]*)-----END (NEW )?CERTIFICATE REQUEST-----/.exec(text);
  if (match === null && text.includes('-----')) {
    throw new Error(
      'The text is PEM, but holds no "-----BEGIN CERTIFICATE REQUEST-----" block with its "-----END CERTIFICATE REQUEST-----".',
    );
  }
  const base64 = (match?.[2] ?? text).replace(/\s+/g, '');
  if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw new Error('The certificate request is not base64.');
  }
  return Buffer.from(base64, 'base64');
}
