/** PEM in the shapes the two vendors print it. Nothing here decodes what is inside. */

const REQUEST =
  /-----BEGIN (NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END (NEW )?CERTIFICATE REQUEST-----/;

export function pemLines(pem: string): string[] {
  return pem.split(/\r?\n/).filter((line) => line !== '');
}

/** Any line width and line end in, LF and 64 columns with final newline out; undefined when it is no request. */
export function normaliseRequestPem(text: string): string | undefined {
  const body = REQUEST.exec(text)?.[2]?.replace(/\s+/g, '');
  if (body === undefined || body === '') return undefined;
  return `-----BEGIN CERTIFICATE REQUEST-----\n${body.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE REQUEST-----\n`;
}

/** The whole base64 body on one line, no final newline. */
export function singleLinePem(pem: string): string {
  const lines = pemLines(pem);
  return [lines[0] ?? '', lines.slice(1, -1).join(''), lines.at(-1) ?? ''].join('\n');
}

const BEGIN = /^-----BEGIN (NEW )?CERTIFICATE REQUEST-----$/;
const END = /^-----END (NEW )?CERTIFICATE REQUEST-----$/;

/**
 * A request that came as one line per numbered parameter, put together again. `bodyLine`: what the vendor takes between
 * the first and the last. Undefined when it is no request; lines fused into one value are none.
 */
export function requestFromLines(
  numbered: ReadonlyMap<number, string>,
  bodyLine: RegExp,
): string | undefined {
  const lines = [...numbered.values()];
  const body = lines.slice(1, -1);
  const wellFormed =
    numbered.has(0) &&
    BEGIN.test(lines[0] ?? '') &&
    END.test(lines.at(-1) ?? '') &&
    body.length > 0 &&
    body.every((line) => bodyLine.test(line));
  return wellFormed ? normaliseRequestPem(lines.join('\n')) : undefined;
}
