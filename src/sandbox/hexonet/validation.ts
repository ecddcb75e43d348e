/** DCV data: what the customer is told to put where, and what the CA will look for. */
import { createHash } from 'node:crypto';
import type { DcvRequirement } from '../contract.ts';
import { freeAlternative, isWildcard, withoutWildcard } from '../vendor-kit/names.ts';
import { lowerAlphanumeric, pick } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import { Refusal } from './answers.ts';
import type { CertificateClass, ValidationMethod } from './classes.ts';

export interface NameValidation {
  readonly name: string;
  readonly method: ValidationMethod;
  /** `<owner>. CNAME <target>.` */
  readonly dnsRecord?: string;
  readonly url?: string;
  readonly urlContent?: string;
  readonly email?: string;
  readonly requirement: DcvRequirement;
}

export interface ValidationWish {
  readonly name: string;
  readonly method: ValidationMethod;
  /** Where the mail goes, if the method is EMAIL. */
  readonly email: string | undefined;
}

/** Throws a `Refusal` for what the class does not offer or a method cannot prove. */
export function planValidation(
  cls: CertificateClass,
  wishes: readonly ValidationWish[],
  csrPem: string,
  form: 'document' | 'comodo',
  random: RandomSource,
): NameValidation[] {
  for (const [index, { name, method, email }] of wishes.entries()) {
    if (!cls.methods.includes(method)) {
      throw new Refusal(541, `VALIDATION${index}; ${cls.id} has no ${method} validation`);
    }
    if (method === 'URL' && isWildcard(name)) {
      throw new Refusal(541, `VALIDATION${index}; a wildcard cannot be validated by URL`);
    }
    if (method === 'EMAIL' && email === undefined) throw new Refusal(504, `VALIDATIONEMAIL${index}`);
  }
  const hashes = {
    md5: createHash('md5').update(csrPem).digest('hex'),
    sha256: createHash('sha256').update(csrPem).digest('hex'),
  };
  return wishes.map(({ name, method, email }): NameValidation => {
    const host = withoutWildcard(name);
    switch (method) {
      case 'EMAIL': {
        const address = email ?? '';
        return { name, method, email: address, requirement: { kind: 'email', identifier: name, address } };
      }
      case 'DNSZONE': {
        const [recordName, target] =
          form === 'document'
            ? [`${token(random)}.${host}`, `${token(random)}.${host}`]
            : [
                `_${hashes.md5}.${host}`,
                `${hashes.sha256.slice(0, 32)}.${hashes.sha256.slice(32)}.comodoca.com`,
              ];
        return {
          name,
          method,
          dnsRecord: `${recordName}. CNAME ${target}.`,
          requirement: { kind: 'dns-cname', identifier: name, recordName, target },
        };
      }
      case 'URL':
      default: {
        // Comodo's answer has hash and domain on one line, its CA wants two.
        const [path, lines] =
          form === 'document'
            ? [`${token(random)}.txt`, [token(random)]]
            : [`.well-known/pki-validation/${hashes.md5.toUpperCase()}.txt`, [hashes.sha256, 'comodoca.com']];
        const url = `http://${host}/${path}`;
        return {
          name,
          method,
          url,
          urlContent: lines.join(' '),
          requirement: { kind: 'http', identifier: name, url, content: lines.join('\n') },
        };
      }
    }
  });
}

/** Ten characters, as the document's examples have them; a letter first. */
const token = (random: RandomSource): string =>
  pick(random, 'abcdefghijklmnopqrstuvwxyz', 1) + lowerAlphanumeric(random, 9);

/** What the certificate carries besides what was asked for, where the same proof covers it. */
export function alternativesOf(wishes: readonly ValidationWish[]): string[] {
  const asked = new Set(wishes.map(({ name }) => name));
  return wishes.flatMap(({ name, method }) => {
    const alternative = freeAlternative(name);
    // DNS and mail prove the names below too, and a wildcard's domain; a file proves its own host only.
    const covered = method !== 'URL' && (isWildcard(name) || alternative.endsWith(`.${name}`));
    return covered && !asked.has(alternative) ? [alternative] : [];
  });
}
