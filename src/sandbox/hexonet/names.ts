/** The names of an order: from the command or the request, both when they agree, and within what the class sells. */
import { freeAlternative, isWildcard, normaliseName } from '../vendor-kit/names.ts';
import { Refusal } from './answers.ts';
import { SEVERAL_NAMES } from './classes.ts';
import type { CertificateClass } from './classes.ts';
import type { Parameters } from './parameters.ts';
import { requestedNames } from './requests.ts';
import type { GivenRequest } from './requests.ts';

/** DOMAIN0, DOMAIN1, …, or SSLCERTDOMAIN and ALTERNATECN0, …; empty when the command names none. */
export function givenNames(parameters: Parameters): string[] {
  const numbered = [...parameters.numbered('DOMAIN')].map(([index, text]) => checked(`DOMAIN${index}`, text));
  const first = parameters.text('SSLCERTDOMAIN');
  const others = [...parameters.numbered('ALTERNATECN')].map(([index, text]) =>
    checked(`ALTERNATECN${index}`, text),
  );
  const names = [...numbered, ...(first === undefined ? [] : [checked('SSLCERTDOMAIN', first)]), ...others];
  return [...new Set(names)];
}

/** "The domain is retrieved from the provided CSR": one, unless the class is for several. */
export function namesFromRequest(cls: CertificateClass, { csr }: GivenRequest): string[] {
  const names = requestedNames(csr);
  return cls.names === 'several' ? names : names.slice(0, 1);
}

function checked(parameter: string, text: string): string {
  const name = normaliseName(text);
  if (name === undefined) throw new Refusal(505, parameter);
  return name;
}

/**
 * The ordered names have to be those of the CSR, but for the `www.` that comes free; and a request with no more than a common
 * name says nothing about the others.
 */
export function checkAgreement(names: readonly string[], request: GivenRequest): void {
  const { csr } = request;
  const commonName = csr.commonName.toLowerCase();
  const known = new Set([...names, ...names.map(freeAlternative)]);
  const inRequest = requestedNames(csr);
  const covered = new Set([...inRequest, ...inRequest.map(freeAlternative)]);
  const missing = csr.names.length === 0 ? [] : names.filter((name) => !covered.has(name));
  const extra = inRequest.filter((name) => !known.has(name));
  if (missing.length > 0 || extra.length > 0 || (commonName !== '' && !names.includes(commonName))) {
    throw new Refusal(541, `DOMAIN; not the names of the CSR: ${[...missing, ...extra].join(' ')}`.trim());
  }
}

export function checkNames(cls: CertificateClass, names: readonly string[]): void {
  const [first = ''] = names;
  switch (cls.names) {
    case 'several': {
      if (names.some(isWildcard)) throw new Refusal(541, `DOMAIN; ${cls.id} takes no wildcard`);
      if (names.length < SEVERAL_NAMES.least || names.length > SEVERAL_NAMES.most) {
        throw new Refusal(
          541,
          `DOMAIN; ${cls.id} takes ${SEVERAL_NAMES.least} to ${SEVERAL_NAMES.most} domains`,
        );
      }
      return;
    }
    case 'wildcard':
      if (!isWildcard(first)) throw new Refusal(541, `DOMAIN0; ${cls.id} wants a wildcard`);
      break;
    case 'one':
    default:
      if (names.some(isWildcard)) throw new Refusal(541, `DOMAIN; ${cls.id} takes no wildcard`);
  }
  const further = names.slice(1).filter((name) => name !== freeAlternative(first));
  if (further.length > 0) throw new Refusal(541, `DOMAIN1; ${cls.id} takes one domain`);
}
