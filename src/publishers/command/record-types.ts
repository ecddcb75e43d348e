/** Which records a convention can speak of. Light: read when the configuration is checked. */

export const conventions = ['plain', 'acme.sh', 'lego-exec', 'certbot', 'dehydrated'] as const;

/** The hooks of ACME clients were made for TXT records and have no word for another type. */
export function recordTypesOf(convention: unknown): readonly ('txt' | 'cname')[] {
  return convention === 'plain' ? ['txt', 'cname'] : ['txt'];
}
