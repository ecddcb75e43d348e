/** Names of the DNS in the settings of publishers, in their canonical form: lower case, no final dot. */
import { z } from 'zod';
import { canonicalName } from '../dns/name.ts';

/** Any name; the root is the empty one. */
export const dnsNameSchema = namesThat(
  () => true,
  (text) =>
    `not a domain name: ${text}; labels of letters, digits and hyphens, internationalised ones in their xn-- form`,
);

/** A zone that an operator may write: any but the root. */
export const ownZoneSchema = dnsNameSchema.refine((name) => name !== '', {
  error: 'the root zone is not yours to write',
});

/** The zones that a publisher serves, where it is more particular: `isZone` gets the canonical name. */
export function zoneSchema(isZone: (name: string) => boolean) {
  return namesThat(
    isZone,
    (text) => `not a zone: ${text}; a domain name, internationalised labels in their xn-- form`,
  );
}

function namesThat(isFit: (name: string) => boolean, problem: (text: string) => string) {
  return z.string().transform((text, context) => {
    try {
      const name = canonicalName(text);
      if (isFit(name)) return name;
    } catch {
      // Said below, with what was written.
    }
    context.addIssue({ code: 'custom', message: problem(JSON.stringify(text)), input: text });
    return z.NEVER;
  });
}
