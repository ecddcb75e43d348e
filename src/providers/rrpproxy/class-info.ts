/** What the provider tells of one certificate class: GetCertificateInfo (manual 8.4.2, 9.1.2; more in the knowledge base). */
import type { ProductFacts } from '../../contracts/capabilities.ts';
import type { DcvMethod } from '../../core/certificate.ts';
import { single, type Answer } from '../../vendors/command-text/wire.ts';
import { flag, text, texts } from '../../vendors/rrpproxy/fields.ts';
import { integer } from '../../vendors/command-text/fields.ts';
import { maxNames, products } from './products.ts';

export interface ClassInfo {
  readonly class: string | undefined;
  readonly name: string | undefined;
  readonly brand: string | undefined;
  readonly prefix: string | undefined;
  readonly validation: 'dv' | 'ov' | 'ev' | undefined;
  readonly wildcard: boolean | undefined;
  readonly maxNames: number | undefined;
  readonly includedNames: number | undefined;
  readonly freeAlternatives: number | undefined;
  readonly contacts: NonNullable<ProductFacts['contacts']>;
  readonly dcv: readonly DcvMethod[];
  readonly recordTypes: readonly ('txt' | 'cname')[];
  readonly periods: readonly string[];
  readonly immediateIssuance: boolean | undefined;
  readonly serverTypes: readonly string[];
  readonly algorithms: readonly string[];
  readonly rootCertificates: readonly string[];
  readonly dcvLanguages: readonly string[];
}

export function readClassInfo(answer: Answer): ClassInfo {
  return {
    class: text(answer, 'CLASS')?.toLowerCase(),
    name: text(answer, 'NAME'),
    brand: text(answer, 'BRAND', 'PROVIDER', 'SUPPLIER'),
    prefix: text(answer, 'PREFIX'),
    validation: validationOf(text(answer, 'TYPE', 'VALIDATIONMETHOD')),
    wildcard: flag(answer, 'WILDCARD'),
    maxNames: integer(single(answer, 'MAXDOMAINSINCLUDINGALTERNATIVES', 'MAXDOMAINS')),
    includedNames: integer(single(answer, 'INCLUDEDDOMAINSWITHBASE')),
    freeAlternatives: integer(single(answer, 'MAXFREEALTERNATIVES')),
    contacts: [
      ...(isMandatory(answer, 'TECHCONTACT') ? (['tech'] as const) : []),
      ...(isMandatory(answer, 'ORGANIZATIONCONTACT') ? (['organization'] as const) : []),
      ...(isMandatory(answer, 'EVAPPROVERCONTACT') ? (['approver'] as const) : []),
    ],
    dcv: methodsOf(answer),
    recordTypes: [
      ...(flag(answer, 'DCVDNSTXT') === true ? (['txt'] as const) : []),
      ...(flag(answer, 'DCVDNSCNAME') === true ? (['cname'] as const) : []),
    ],
    periods: words(answer, 'PERIODS'),
    immediateIssuance: flag(answer, 'SUPPORTSIMMEDIATEISSUANCE'),
    serverTypes: texts(answer, 'SERVERTYPE'),
    algorithms: texts(answer, 'ALGORITHMS', 'ALGORITHM'),
    rootCertificates: texts(answer, 'ROOTCERTIFICATES', 'ROOTCERTIFICATE'),
    dcvLanguages: words(answer, 'DCVLANGUAGES'),
  };
}

/** The provider's word first; what it leaves out is what the manual's matrix says. */
export function factsOf(info: ClassInfo, className: string): ProductFacts {
  const known = Object.hasOwn(products, className) ? products[className] : undefined;
  return {
    ...known,
    wildcard: info.wildcard ?? known?.wildcard ?? false,
    maxNames: Math.min(maxNames, info.maxNames ?? known?.maxNames ?? maxNames),
    ...(info.validation === undefined ? {} : { validation: info.validation }),
    ...(info.includedNames === undefined ? {} : { includedNames: info.includedNames }),
    ...(info.freeAlternatives === undefined ? {} : { freeAlternatives: info.freeAlternatives > 0 }),
    ...(info.contacts.length === 0 ? {} : { contacts: info.contacts }),
    ...(info.periods.length === 0 ? {} : { periods: info.periods }),
    ...(info.immediateIssuance === undefined ? {} : { immediateIssuance: info.immediateIssuance }),
    ...(info.dcv.length === 0 ? {} : { dcv: info.dcv }),
    ...(info.recordTypes.length === 0 ? {} : { recordTypes: info.recordTypes }),
  };
}

function validationOf(word: string | undefined): ClassInfo['validation'] {
  switch (word?.toLowerCase()) {
    case 'dv':
    case 'domain':
      return 'dv';
    case 'ov':
    case 'organization':
      return 'ov';
    case 'ev':
    case 'extended':
      return 'ev';
    default:
      return undefined;
  }
}

/** "NO", "MANDATORY"; an optional contact is not one that an order must name. */
function isMandatory(answer: Answer, name: string): boolean {
  return text(answer, name)?.toUpperCase() === 'MANDATORY';
}

function methodsOf(answer: Answer): DcvMethod[] {
  const dns = ['DCVDNSTXT', 'DCVDNSCNAME', 'DNSAUTH'].some((name) => flag(answer, name) === true);
  const file = ['DCVHTTP', 'DCVHTTPS', 'FILEAUTH'].some((name) => flag(answer, name) === true);
  return [
    ...(dns ? (['dns'] as const) : []),
    ...(file ? (['file'] as const) : []),
    ...(flag(answer, 'DCVEMAIL') === true ? (['email'] as const) : []),
  ];
}

/** A list in one value, or one value per index. */
function words(answer: Answer, name: string): string[] {
  return texts(answer, name)
    .flatMap((value) => value.split(/[,|\s]+/))
    .filter((word) => word !== '' && word.toLowerCase() !== 'n/a');
}
