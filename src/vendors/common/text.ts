/**
 * Text from outside made fit for errors, logs and the ledger, and PEM blocks found in whatever a provider wraps them
 * in. Knows nothing of any provider.
 */

/** Controls, line and paragraph separators, and the invisible marks that reorder text on a terminal. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** One line of at most `limit` characters (the last one an ellipsis when cut); runs of control characters become a blank. */
export function bounded(text: string, limit = 500): string {
  // Cut before replacing: a hostile text of a megabyte costs no more than a short one.
  const line = text
    .slice(0, limit * 4)
    .replace(unprintable, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

export interface PemBlock {
  /** "CERTIFICATE", "CERTIFICATE REQUEST", … */
  readonly label: string;
  /** Normalised: LF, lines of 64 characters (RFC 7468 §2), final newline. */
  readonly pem: string;
}

/** One block as normal PEM text. */
export function encodePem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der).toString('base64');
  return `-----BEGIN ${label}-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
}

/** The bytes inside the first block with one of the labels, or undefined. */
export function decodePem(text: string, labels: readonly string[]): Buffer | undefined {
  const block = splitPemBlocks(text).find((candidate) => labels.includes(candidate.label));
  return block === undefined
    ? undefined
    : Buffer.from(block.pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

/**
 * Every PEM block of a text, in order: concatenated, with CRLF, as one long line, without final newline, with words
 * between the blocks. A block whose content is not base64 is left out; so is one that does not end.
 */
export function splitPemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  // The label holds no hyphen, so a block cannot swallow the next one's header.
  const pattern = /-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;
  for (const match of text.matchAll(pattern)) {
    const label = match[1] ?? '';
    const base64 = (match[2] ?? '').replace(/\s/g, '');
    if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) continue;
    blocks.push({ label, pem: encodePem(label, Buffer.from(base64, 'base64')) });
  }
  return blocks;
}

/** The certificates among the blocks of a text, in its order. */
export function certificatePems(text: string | undefined): string[] {
  return splitPemBlocks(text ?? '')
    .filter(({ label }) => label === 'CERTIFICATE')
    .map(({ pem }) => pem);
}
