/** The spellings in which a secret can come back out: what blots secrets out of texts looks for all of them. Pure. */

/** Below this an encoded form would be found in ordinary words. */
const encodedLengthMin = 4;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** RFC 2045 §6.7, without soft line breaks. */
function quotedPrintable(text: string): string {
  let printable = '';
  for (const octet of Buffer.from(text)) {
    const plain = octet >= 32 && octet <= 126 && octet !== 61;
    printable += plain ? String.fromCharCode(octet) : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return printable;
}

/**
 * As it is; in a URL and a form; in XML; in mail; in base64, base64url and hex; each also in JSON, and in JSON inside
 * JSON. Longest first, so that no part of a longer form is left standing. Empty for an empty secret.
 */
export function secretForms(secret: string): readonly string[] {
  if (secret === '') return [];
  const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
  // Half a surrogate pair has no form in a URL.
  const inUrl = encodeURIComponent(secret.toWellFormed());
  const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
  const bytes = Buffer.from(secret);
  const encoded =
    secret.length < encodedLengthMin
      ? []
      : [
          secret.replace(/[&<>]/g, (character) => entities[character] ?? character),
          secret.replace(/[&<>"]/g, (character) => entities[character] ?? character),
          secret.replace(/[&<>"']/g, (character) => entities[character] ?? '&apos;'),
          secret.replace(/[&<>"']/g, (character) => entities[character] ?? '&#39;'),
          quotedPrintable(secret),
          bytes.toString('base64').replace(/=+$/, ''),
          bytes.toString('base64url'),
          bytes.toString('hex'),
        ];
  const forms = [secret, inUrl, inForm, ...encoded].flatMap((form) => {
    const once = inJson(form);
    return [form, once, inJson(once)];
  });
  return [...new Set(forms)].toSorted((left, right) => right.length - left.length);
}
