/** EPP messages of the server: the greeting and responses, in the form the vendor's document prints them. */
import type { Property } from '../answers.ts';
import { messageOfResult } from './results.ts';
import { escapeXml } from './xml.ts';

export const EPP = 'urn:ietf:params:xml:ns:epp-1.0';
export const KEYVALUE = 'http://schema.ispapi.net/epp/xml/keyvalue-1.0';
export const OBJECTS: readonly string[] = [
  'urn:ietf:params:xml:ns:domain-1.0',
  'urn:ietf:params:xml:ns:contact-1.0',
  'urn:ietf:params:xml:ns:host-1.0',
];

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const HEAD = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<epp xmlns="${EPP}" xmlns:xsi="${XSI}" xsi:schemaLocation="${EPP} epp-1.0.xsd">`;

export function greetingXml(now: Date): string {
  return [
    HEAD,
    '<greeting>',
    '  <svID>renewd sandbox HEXONET EPP</svID>',
    `  <svDate>${now.toISOString()}</svDate>`,
    '  <svcMenu>',
    '    <version>1.0</version>',
    '    <lang>en</lang>',
    ...OBJECTS.map((uri) => `    <objURI>${uri}</objURI>`),
    `    <svcExtension><extURI>${KEYVALUE}</extURI></svcExtension>`,
    '  </svcMenu>',
    '  <dcp>',
    '    <access><all/></access>',
    '    <statement><purpose><prov/></purpose><recipient><ours/></recipient><retention><stated/></retention></statement>',
    '  </dcp>',
    '</greeting>',
    '</epp>',
  ].join('\n');
}

export interface Response {
  readonly result: number;
  /** "200 Command completed successfully"; absent where no command was run. */
  readonly reason?: string;
  readonly properties?: readonly Property[];
  readonly clientId: string | undefined;
  readonly serverId: string;
}

export function responseXml(response: Response, nulls: 'without-value' | 'empty-value'): string {
  const { result, reason, properties = [], clientId, serverId } = response;
  const pairs = properties.map(({ name, index, value }) => {
    // The first of several has no number.
    const key = escapeXml(index === 0 ? name : `${name}${index}`);
    const text = value === '' && nulls === 'without-value' ? '' : ` value="${escapeXml(value)}"`;
    return `      <keyvalue:kv key="${key}"${text}/>`;
  });
  return [
    HEAD,
    '<response>',
    `  <result code="${result}">`,
    `    <msg>${messageOfResult(result)}</msg>`,
    ...(reason === undefined
      ? []
      : [
          '    <extValue>',
          `      <value xmlns:epp="${EPP}">`,
          '        <epp:undef/>',
          '      </value>',
          `      <reason>${escapeXml(reason)}</reason>`,
          '    </extValue>',
        ]),
    '  </result>',
    ...(pairs.length === 0
      ? []
      : [
          '  <extension>',
          `    <keyvalue:extension xmlns:keyvalue="${KEYVALUE}" xsi:schemaLocation="${KEYVALUE} keyvalue-1.0.xsd">`,
          ...pairs,
          '    </keyvalue:extension>',
          '  </extension>',
        ]),
    '  <trID>',
    ...(clientId === undefined ? [] : [`    <clTRID>${escapeXml(clientId)}</clTRID>`]),
    `    <svTRID>${serverId}</svTRID>`,
    '  </trID>',
    '</response>',
    '</epp>',
  ].join('\n');
}
