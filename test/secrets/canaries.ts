/** Planted secrets, and every form in which one could come out again. */

/** Everything that an encoding could get wrong, and a word to find it by. */
export function canary(word: string): string {
  return `${word}-pä ss&w+%ö"r\\d<canary>=1`;
}

function xmlEscaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

/** RFC 2045 §6.7, without soft line breaks. */
function quotedPrintable(text: string): string {
  return [...Buffer.from(text)]
    .map((octet) =>
      (octet >= 33 && octet <= 126 && octet !== 61) || octet === 32
        ? String.fromCharCode(octet)
        : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
}

/** As it is; in JSON, once and twice; in a URL and a form; in XML; in mail; in base64 and base64url. */
export function formsOf(secret: string): readonly string[] {
  const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  const plain = [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    xmlEscaped(secret),
    quotedPrintable(secret),
    base64,
    Buffer.from(secret).toString('base64url'),
    Buffer.from(secret).toString('hex'),
  ];
  return [...new Set(plain.flatMap((form) => [form, inJson(form), inJson(inJson(form))]))];
}

/** `where: word in form` for each planted secret that is found. The texts are searched as bytes, so a database will do. */
export function leaks(
  places: Readonly<Record<string, string | Buffer>>,
  secrets: Readonly<Record<string, string>>,
): readonly string[] {
  const found: string[] = [];
  for (const [place, content] of Object.entries(places)) {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content);
    for (const [word, secret] of Object.entries(secrets))
      for (const form of formsOf(secret))
        if (bytes.includes(form)) found.push(`${place}: ${word} as ${form}`);
  }
  return found;
}
