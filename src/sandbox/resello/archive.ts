/** What is in `download-zip`. */
import type { ReselloOptions } from './options.ts';
import { zipArchive } from './zip.ts';
import type { ZipEntry } from './zip.ts';

export interface ArchiveContent {
  /** "example_com" */
  readonly stem: string;
  readonly leaf: string;
  /** Leaf not among them, each one PEM block. */
  readonly chain: readonly string[];
}

/** Far beyond any certificate, and small on the wire. */
const BOMB_BYTES = 64 * 1024 * 1024;

export function certificateArchive(form: ReselloOptions['zip'], content: ArchiveContent, now: Date): Buffer {
  const { stem, leaf, chain } = content;
  const text = (name: string, body: string, more: Partial<ZipEntry> = {}): ZipEntry => ({
    name,
    content: Buffer.from(body, 'utf8'),
    ...more,
  });
  const crt = text(`${stem}.crt`, leaf);
  const bundle = text(`${stem}.ca-bundle`, chain.join(''));
  switch (form) {
    case 'odd-names':
      return zipArchive(
        [
          text('certificates/', ''),
          text('__MACOSX/certificates/._leaf.pem', '\u0000\u0005\u0016\u0007 no certificate'),
          text(`certificates/Zertifikat für ${stem} (neu).PEM`, leaf, { descriptor: true }),
          ...chain.map((pem, index) =>
            text(`certificates/AddTrust & Söhne – CA ${index + 1}..crt`, pem, { stored: true }),
          ),
          text('README', 'Install the certificate and its chain.\r\n'),
          text('empty', ''),
        ],
        now,
        'Thank you for your order.',
      );
    case 'climbing':
      return zipArchive([text('../../etc/cron.d/renew', 'no certificate\n'), crt, bundle], now);
    case 'bomb':
      return zipArchive([crt, bundle, { name: 'notes.txt', content: Buffer.alloc(BOMB_BYTES) }], now);
    case 'lying-sizes': {
      // Whoever believes the stated size finds a certificate; whoever inflates all of it fills the memory.
      const content = Buffer.concat([crt.content, Buffer.alloc(BOMB_BYTES, '\n')]);
      return zipArchive([{ ...crt, content, claims: { size: crt.content.length } }, bundle], now);
    }
    case 'encrypted':
      return zipArchive([{ ...crt, claims: { encrypted: true } }, bundle], now);
    case 'wrong-crc':
      return zipArchive([{ ...crt, claims: { crc: 0xdeadbeef } }, bundle], now);
    case 'plain':
    default:
      return zipArchive([crt, bundle], now);
  }
}
