/** GetCertificateInfo of API 2: the product matrix of the manual's appendix, class by class. */
import { Refusal, success, value, values } from './answers.ts';
import { CERTIFICATE_CLASSES, findClass, periods, serverTypes, supportsMethod } from './classes.ts';
import type { CertificateClass } from './classes.ts';
import type { Command } from './command.ts';
import { followsTables } from './wire.ts';
import type { Property } from './wire.ts';

const bit = (set: boolean): string => (set ? '1' : '0');
const need = (set: boolean): string => (set ? 'MANDATORY' : 'NO');

const LANGUAGES = ['de', 'ru', 'zh_cn', 'zh_tw', 'fr', 'pt_br', 'es', 'en', 'ja', 'kr', 'it', 'nl'];

export const getCertificateInfo: Command = ({ world }, parameters) => {
  const name = parameters.text('class');
  if (name === undefined) {
    return success([
      ...values(
        'class',
        CERTIFICATE_CLASSES.map(({ id }) => id),
      ),
      ...value('column', 'class'),
    ]);
  }
  const cls = findClass(name);
  if (cls === undefined) throw new Refusal(505, 'CLASS');
  const asTable = followsTables(world.options.names);
  return success(asTable ? tableProperties(cls) : matrixProperties(cls));
};

/** As the example and the knowledge base have them, and the matrix's refund column, which neither names. */
function matrixProperties(cls: CertificateClass): Property[] {
  const most = cls.san ? '250' : '1';
  return [
    ...values('algorithms', ['sha256']),
    ...value('brand', cls.ca),
    ...value('class', cls.id),
    ...value('dcv dns cname', bit(supportsMethod(cls, 'dns-cname'))),
    ...value('dcv dns txt', bit(supportsMethod(cls, 'dns-txt'))),
    ...value('dcv email', bit(supportsMethod(cls, 'email'))),
    ...value('dcv http', bit(supportsMethod(cls, 'http'))),
    ...value('dcv https', bit(supportsMethod(cls, 'https'))),
    ...values('dcv languages', cls.ca === 'DigiCert' ? LANGUAGES : ['n/a']),
    ...value('evapprovercontact', need(cls.contacts.evApprover)),
    ...value('included domains with base', String(cls.includedNames)),
    ...value('included nonwildcard domains with base', String(cls.includedNames)),
    ...value('included wildcard domains with base', cls.wildcard ? String(cls.includedNames) : '0'),
    ...value('max domains', most),
    ...value('max domains including alternatives', '250'),
    ...value('max free alternatives', String(cls.freeAlternatives)),
    ...value('max nonwildcard domains', most),
    ...value('max wildcard domains', cls.wildcard ? most : '0'),
    ...value('name', cls.marketedName),
    ...value('organizationcontact', need(cls.contacts.organization)),
    ...value('periods', periods(cls).join(',')),
    ...value('prefix', cls.prefix),
    ...value('refund on cancel', bit(cls.refundOnCancel)),
    ...values('root certificates', ['sandbox']),
    ...values('server type', serverTypes(cls)),
    ...value('supplier', cls.ca.toUpperCase()),
    ...value('supports immediate issuance', bit(cls.immediateIssuance)),
    ...value('techcontact', need(cls.contacts.tech)),
    ...value('type', cls.type),
    ...value('wildcard', bit(cls.wildcard)),
  ];
}

const VALIDATION_METHODS = { DV: 'domain', OV: 'organization', EV: 'extended' } as const;

/** As the command table of the manual has them; API 1 answers in this form too. */
export function tableProperties(cls: CertificateClass): Property[] {
  return [
    ...value('class', cls.id),
    ...value('dns auth', '1'),
    ...value('encryption', '256 bit'),
    ...value('extended validation', bit(cls.type === 'EV')),
    ...value('file auth', '1'),
    ...value('name', cls.marketedName),
    ...value('periods', '1'),
    ...value('prefix', cls.prefix),
    ...value('provider', cls.ca),
    ...value('reissue', bit(cls.ca === 'DigiCert')),
    ...value('revoke', '1'),
    ...value('san', bit(cls.san)),
    ...value('validation method', VALIDATION_METHODS[cls.type]),
    ...value('wildcard', bit(cls.wildcard)),
  ];
}
