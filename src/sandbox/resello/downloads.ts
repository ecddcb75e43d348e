/** `GET …/{id}/download-{zip|pkcs7|crt|csr|ca}`: attachments, whatever is in them labelled as bytes. */
import type { CaCertificate, SimulatorAnswer } from '../contract.ts';
import { certificateArchive } from './archive.ts';
import { attachment, refusal } from './answers.ts';
import { shownOf } from './certificate-json.ts';
import type { RouteContext } from './context.ts';
import type { ReselloOptions } from './options.ts';
import { certsOnly, certsOnlyPem, derOf } from './pkcs7.ts';

export const FORMATS = ['zip', 'pkcs7', 'crt', 'csr', 'ca'] as const;
export type Format = (typeof FORMATS)[number];

/** "Download the existing certificate": while a renewal is pending that is the one from before. */
export function download(context: RouteContext, format: Format): SimulatorAnswer {
  const { world, certificate } = context;
  const { options } = world;
  const shown = shownOf(world, certificate);
  const stem = (shown.details.names[0] ?? 'certificate').replace('*', 'STAR').replaceAll('.', '_');
  if (format === 'csr') return attachment(`${stem}.csr`, shown.details.csrText);
  const { issued } = shown;
  if (issued === undefined || shown.status === 'deleted') {
    if (options.downloadWhilePending === 'empty') return attachment(`${stem}.${format}`, '');
    throw refusal(404, 'not_found', `There is no certificate to download: it is ${shown.status}.`);
  }
  return attachment(`${stem}.${EXTENSIONS[format]}`, contentOf(context, format, { stem, issued }));
}

const EXTENSIONS: Readonly<Record<Format, string>> = {
  zip: 'zip',
  pkcs7: 'p7b',
  crt: 'crt',
  csr: 'csr',
  ca: 'ca-bundle',
};

function contentOf(
  { world: { options, clock } }: RouteContext,
  format: Exclude<Format, 'csr'>,
  { stem, issued }: { stem: string; issued: CaCertificate },
): string | Buffer {
  const chain = chainOf(options, issued);
  const pem = (text: string): string => withLineEnds(options, text);
  switch (format) {
    case 'zip':
      return certificateArchive(
        options.zip,
        { stem, leaf: pem(issued.leafPem), chain: chain.map(pem) },
        clock.now(),
      );
    case 'pkcs7': {
      const all = [issued.leafPem, ...chain].map(derOf);
      return options.pkcs7 === 'der' ? certsOnly(all) : pem(certsOnlyPem(all));
    }
    case 'ca':
      return pem(chain.join(''));
    case 'crt':
    default:
      if (options.crt === 'der') return derOf(issued.leafPem);
      return pem(options.crt === 'chain' ? [issued.leafPem, ...chain].join('') : issued.leafPem);
  }
}

function chainOf({ ca }: ReselloOptions, { intermediatePem, rootPem }: CaCertificate): string[] {
  switch (ca) {
    case 'intermediate-root':
      return [intermediatePem, rootPem];
    case 'root-intermediate':
      return [rootPem, intermediatePem];
    case 'intermediate':
    default:
      return [intermediatePem];
  }
}

function withLineEnds({ lineEnds }: ReselloOptions, pem: string): string {
  switch (lineEnds) {
    case 'crlf':
      return pem.replaceAll('\n', '\r\n');
    case 'no-final':
      return pem.replace(/\n$/, '');
    case 'lf':
    default:
      return pem;
  }
}
