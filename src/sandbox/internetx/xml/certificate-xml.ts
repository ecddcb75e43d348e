/** Certificates, their authentication, contacts and jobs as the vendor's XML samples write them. */
import { member, items, moment, scalar, text } from './json-values.ts';
import type { Json, JsonObject } from '../envelope.ts';
import { contactJson } from '../ssl-contacts.ts';
import type { User, World } from '../world.ts';
import { element, leaf } from './writer.ts';
import type { XmlElement } from './writer.ts';

export interface WritingContext {
  readonly world: World;
  readonly user: User;
}

export function userXml(name: string, value: Json | undefined): XmlElement | undefined {
  if (value === undefined) return undefined;
  return element(name, leaf('user', text(value, 'user')), leaf('context', text(value, 'context')));
}

/** Whoever made and changed it, its id and its dates come last. */
function ends(value: Json | undefined, explained: boolean): (XmlElement | undefined)[] {
  return [
    userXml('owner', member(value, 'owner')),
    userXml('updater', member(value, 'updater')),
    leaf('id', text(value, 'id'), explained ? { comment: 'certificate id' } : {}),
    leaf('created', moment(value, 'created')),
    leaf('updated', moment(value, 'updated')),
  ];
}

const compact = (elements: readonly (XmlElement | undefined)[]): XmlElement[] =>
  elements.filter((each) => each !== undefined);

export function contactXml(name: string, contact: Json | undefined): XmlElement {
  return element(
    name,
    leaf('first', text(contact, 'fname')),
    leaf('last', text(contact, 'lname')),
    leaf('phone', text(contact, 'phone')),
    leaf('fax', text(contact, 'fax')),
    leaf('email', text(contact, 'email')),
    leaf('title', text(contact, 'title')),
    leaf('organization', text(contact, 'organization')),
    compact(items(member(contact, 'address')).map((line) => leaf('address', scalar(line)))),
    leaf('postal_code', text(contact, 'pcode')),
    leaf('city', text(contact, 'city')),
    leaf('country', text(contact, 'country')),
    leaf('state', text(contact, 'state')),
    compact(ends(contact, false)),
  );
}

/** Inside a certificate the whole contact is shown, more than the JSON API shows of it. */
function contactOf(
  name: string,
  reference: Json | undefined,
  { user }: WritingContext,
): XmlElement | undefined {
  if (reference === undefined) return undefined;
  const contact = user.contacts.get(Number(text(reference, 'id')));
  return contactXml(name, contact === undefined ? reference : contactJson(user, contact));
}

/** Blanks where JSON has tabs. `provisioning`: to say whether the vendor does it. */
export function authenticationXml(
  authentication: Json,
  provisioning: boolean,
  { world }: Pick<WritingContext, 'world'>,
): XmlElement {
  return element(
    'authentication',
    evidenceXml(authentication),
    provisioning ? leaf('provisioning', text(authentication, 'provisioning')) : undefined,
    items(member(authentication, 'domains')).map((each) =>
      element(world.options.xmlDomainElement, leaf('name', text(each, 'name')), evidenceXml(each)),
    ),
  );
}

function evidenceXml(authentication: Json): XmlElement[] {
  const file = text(authentication, 'fileName');
  return compact([
    leaf('method', text(authentication, 'method')),
    leaf('dns', text(authentication, 'dns')?.replace(/\s+/g, ' ')),
    leaf('file_name', file === undefined ? undefined : file.replace(/^(?!https?:)/, 'http://'), {
      cdata: true,
    }),
    leaf('file_content', text(authentication, 'fileContent'), { cdata: true }),
    ...items(member(authentication, 'approverEmails')).map((each) => leaf('approver_email', scalar(each))),
  ]);
}

function lifetimeMonths(lifetime: Json | undefined): number | undefined {
  if (lifetime === undefined) return undefined;
  return Number(text(lifetime, 'period')) * (text(lifetime, 'unit') === 'YEAR' ? 12 : 1);
}

/** What JSON calls INTERMEDIATE is the first issuing certificate here. */
function chainXml(certificate: JsonObject, { world }: WritingContext): XmlElement[] {
  const { xmlRootInChain } = world.options;
  return items(member(certificate, 'certificationAuthority'))
    .filter((each) => xmlRootInChain || text(each, 'caType') !== 'ROOT')
    .map((each) =>
      element(
        'certification_authority',
        leaf('ca_type', text(each, 'caType') === 'ROOT' ? 'ROOT' : 'ICA1'),
        leaf('ca_cert', text(each, 'caCertificate'), { cdata: true }),
      ),
    );
}

/** `history` is our reading of JSON's `histories`; no sample has one. */
const historyXml = (each: Json): XmlElement =>
  element(
    'history',
    leaf('serial_number', text(each, 'serialNumber')),
    leaf('order_id', text(each, 'orderId')),
    leaf('revoked', moment(each, 'revoked')),
  );

/** What a JSON answer leaves out is left out here too; a search gives sparse rows. */
export function certificateXml(certificate: JsonObject, context: WritingContext): XmlElement {
  const { authentication } = certificate;
  const provisioned = text(authentication, 'provisioning') === '1';
  const full = member(certificate, 'certificationAuthority') !== undefined;
  const sans = items(member(certificate, 'subjectAlternativeNames'));
  return element(
    'certificate',
    leaf('order_id', text(certificate, 'orderId')),
    contactOf('technical', member(certificate, 'technicalContact'), context),
    contactOf('admin', member(certificate, 'adminContact'), context),
    leaf('name', text(certificate, 'name'), { comment: 'certificate name' }),
    leaf('lifetime', lifetimeMonths(member(certificate, 'lifetime')), { comment: 'certificate runtime' }),
    leaf('software', text(certificate, 'software')),
    leaf('comment', text(certificate, 'comment')),
    leaf('csr', text(certificate, 'csr'), { cdata: true }),
    leaf('server', text(certificate, 'server'), { cdata: true }),
    leaf('serial_number', text(certificate, 'serialNumber')),
    leaf('product', text(certificate, 'product')),
    leaf('certificate_type', full ? undefined : text(certificate, 'certificateType')),
    leaf('sha', text(certificate, 'signatureHashAlgorithm')),
    leaf('expire', moment(certificate, 'expire'), { comment: 'certificate expire date' }),
    context.world.options.xmlPayable ? leaf('payable', moment(certificate, 'payable')) : undefined,
    full ? element('extension') : undefined,
    chainXml(certificate, context),
    sans.map((each) => element('subject_alternative_name', leaf('name', text(each, 'name')))),
    authentication === undefined ? undefined : authenticationXml(authentication, provisioned, context),
    items(member(certificate, 'histories')).map(historyXml),
    compact(ends(certificate, true)),
  );
}
