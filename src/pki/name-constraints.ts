/**
 * Whether the names of a certificate are inside the name constraints of a CA above it (RFC 5280 §4.2.1.10, §6.1.3).
 * DNS names, addresses and directory names are understood; a constraint on another kind of name refuses certificates
 * that have such names.
 */
import { asBuffer, children, content, latin1, sameElement, type DerElement } from './der.ts';
import { generalNameTags, subjectAltNames, type NameConstraints } from './extensions.ts';
import type { CertificateFields } from './x509.ts';

/** What a constraint says about one name, or undefined when this kind of constraint is not understood. */
type Matcher = (base: DerElement, name: DerElement) => boolean;

/** A reason in words, or undefined when every name is permitted. Throws DerError on broken names. */
export function constraintViolation(
  constraints: NameConstraints,
  fields: CertificateFields,
): string | undefined {
  for (const name of namesOf(fields)) {
    const inside = within(name.tag);
    const ofThisKind = (list: readonly DerElement[]): readonly DerElement[] =>
      list.filter((base) => base.tag === name.tag);
    const permitted = ofThisKind(constraints.permitted);
    const excluded = ofThisKind(constraints.excluded);
    if (permitted.length === 0 && excluded.length === 0) continue;
    if (inside === undefined) return 'it constrains a kind of name that cannot be checked';
    if (permitted.length > 0 && !permitted.some((base) => inside(base, name)))
      return `${describe(name)} is not among its permitted names`;
    if (excluded.some((base) => inside(base, name) || wildcardReaches(base, name)))
      return `${describe(name)} is among its excluded names`;
  }
  return undefined;
}

function namesOf(fields: CertificateFields): readonly DerElement[] {
  const subject = fields.subject;
  if (subject.contentStart === subject.end) return subjectAltNames(fields);
  // The subject is tested like a directoryName of the SAN: give it that tag around the same content.
  return [...subjectAltNames(fields), { ...subject, tag: generalNameTags.directory }];
}

function within(tag: number): Matcher | undefined {
  switch (tag) {
    case generalNameTags.dns:
      return dnsWithin;
    case generalNameTags.address:
      return addressWithin;
    case generalNameTags.directory:
      return directoryWithin;
    default:
      return undefined;
  }
}

/** "example.com" holds itself and all below; ".example.com", seen in practice, only what is below; "" holds everything. */
function dnsWithin(base: DerElement, name: DerElement): boolean {
  const constraint = latin1(base).toLowerCase();
  const text = latin1(name).toLowerCase();
  if (constraint === '') return true;
  if (constraint.startsWith('.')) return text.endsWith(constraint);
  return text === constraint || text.endsWith(`.${constraint}`);
}

/** A wildcard one label above an excluded name can be used as that name. */
function wildcardReaches(base: DerElement, name: DerElement): boolean {
  if (name.tag !== generalNameTags.dns) return false;
  const text = latin1(name).toLowerCase();
  if (!text.startsWith('*.')) return false;
  const constraint = latin1(base).toLowerCase().replace(/^\./, '');
  const dot = constraint.indexOf('.');
  return dot > 0 && constraint.slice(dot) === text.slice(1);
}

/** The constraint is address and mask, together twice as long as an address. */
function addressWithin(base: DerElement, name: DerElement): boolean {
  const range = content(base);
  const address = content(name);
  if (range.length !== address.length * 2) return false;
  return address.every((byte, index) => {
    const mask = range[address.length + index] ?? 0;
    return (byte & mask) === ((range[index] ?? 0) & mask);
  });
}

/** The constraint's relative names are the first of the name's. */
function directoryWithin(base: DerElement, name: DerElement): boolean {
  const wanted = relativeNames(base);
  const given = relativeNames(name);
  return wanted.every((relative, index) => {
    const candidate = given[index];
    return candidate !== undefined && sameElement(relative, candidate);
  });
}

/** A directoryName in a GeneralName wraps the Name's SEQUENCE; the subject is that SEQUENCE itself. */
function relativeNames(element: DerElement): readonly DerElement[] {
  const inner = children(element);
  const [only] = inner;
  return only?.tag === 0x30 && inner.length === 1 ? children(only) : inner;
}

function describe(name: DerElement): string {
  if (name.tag === generalNameTags.dns) return `"${latin1(name).replaceAll(/[^\x21-\x7e]/g, '?')}"`;
  if (name.tag === generalNameTags.address) return `the address ${asBuffer(content(name)).toString('hex')}`;
  return 'the subject';
}
