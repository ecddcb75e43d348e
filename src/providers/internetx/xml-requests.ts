/** Content of the XML gateway's tasks, element names as in the reissue walkthrough's samples and the XML help pages. */
import { RenewdError } from '../../core/errors.ts';
import { node, optionalNode, type XmlNode } from '../../vendors/common/xml.ts';
import { checkedId } from '../../vendors/internetx/account.ts';
import type { CertificateOrder, ListQuery, OrderAuthentication, PrepareRequest } from './gateway.ts';
import type { SslContact } from './schema.ts';

/**
 * 400110. The samples name the CSR and the product only, so the certificate that is replaced is not told. Throws
 * `config-invalid` for a setting whose XML form is not attested.
 */
export function prepareNodes({ csrPem, product, checkCaa }: PrepareRequest): readonly XmlNode[] {
  if (checkCaa) throw notAttested('checkCaa');
  return [node('certificate_request', [node('plain', { cdata: csrPem }), node('product', product)])];
}

/** 400101; 400102 and 400106 with the certificate's id. */
export function orderNodes(order: CertificateOrder, id?: string): readonly XmlNode[] {
  if (order.transparency !== undefined) throw notAttested('transparency');
  return [
    node('certificate', [
      ...(id === undefined ? [] : idNodes(id)),
      ...contactNodes('technical', order.technicalContact),
      ...contactNodes('admin', order.adminContact),
      node('name', order.name),
      ...order.alternatives.map((name) => node('subject_alternative_name', [node('name', name)])),
      node('product', order.product),
      node('authentication', authenticationNodes(order.authentication)),
      node('lifetime', String(order.lifetimeMonths)),
      node('software', order.software),
      node('csr', { cdata: order.csrPem }),
    ]),
  ];
}

/** 400103, 400104, 4001031. */
export function certificateNodes(id: string, serialNumber?: string): readonly XmlNode[] {
  return [node('certificate', [...idNodes(id), ...optionalNode('serial_number', serialNumber)])];
}

/** 400114, 400118. */
export function jobNodes(id: string): readonly XmlNode[] {
  return [node('certificate_job', [node('job', idNodes(id))])];
}

/** 0906. */
export function messageNodes(id: string): readonly XmlNode[] {
  return [node('message', idNodes(id))];
}

/** 400203, 400204; 400201 and 400202 with the contact. */
export function sslContactNodes(id: string | undefined, contact?: SslContact): readonly XmlNode[] {
  return [
    node('contact', [
      ...(id === undefined ? [] : idNodes(id)),
      ...optionalNode('first', contact?.fname),
      ...optionalNode('last', contact?.lname),
      ...optionalNode('title', contact?.title),
      ...optionalNode('organization', contact?.organization),
      // One text in all XML samples.
      ...optionalNode('address', contact?.address?.join(' ')),
      ...optionalNode('postal_code', contact?.pcode),
      ...optionalNode('city', contact?.city),
      ...optionalNode('state', contact?.state),
      ...optionalNode('country', contact?.country),
      ...optionalNode('phone', contact?.phone),
      ...optionalNode('fax', contact?.fax),
      ...optionalNode('email', contact?.email),
    ]),
  ];
}

/** 400105, 400115, 400135, 400205. Throws `config-invalid` for more than one filter: how they are joined is not attested. */
export function listNodes({ filters, limit, offset, keys }: ListQuery): readonly XmlNode[] {
  const [filter, ...others] = filters;
  if (others.length > 0) {
    throw new RenewdError('config-invalid', 'InterNetX: the XML gateway takes one filter for a list');
  }
  return [
    node('view', [node('limit', String(limit)), node('offset', String(offset))]),
    ...(filter === undefined
      ? []
      : [
          node('where', [
            node('key', filter.key),
            node('operator', filter.operator === 'LIKE' ? 'like' : 'eq'),
            node('value', filter.value),
          ]),
        ]),
    node('order', [node('key', 'id'), node('mode', 'desc')]),
    ...keys.map((key) => node('key', key)),
  ];
}

function idNodes(id: string): readonly XmlNode[] {
  return [node('id', checkedId(id))];
}

function contactNodes(role: 'admin' | 'technical', id: string | undefined): readonly XmlNode[] {
  return id === undefined ? [] : [node(role, idNodes(id))];
}

/**
 * Prepared values of further names are not sent back: no sample of an order holds any. What is to be published for them is
 * read from the job.
 */
function authenticationNodes(authentication: OrderAuthentication): readonly XmlNode[] {
  const { method, dns, fileName, fileContent, approverEmails = [], provisioning } = authentication;
  return [
    node('method', method),
    ...optionalNode('dns', dns),
    ...optionalNode('file_name', fileName),
    ...optionalNode('file_content', fileContent),
    ...approverEmails.map((address) => node('approver_email', address)),
    ...optionalNode('provisioning', provisioning === undefined ? undefined : provisioning ? '1' : '0'),
  ];
}

function notAttested(setting: string): RenewdError {
  return new RenewdError(
    'config-invalid',
    `InterNetX: \`${setting}\` has no known form in the XML gateway; use \`encoding: json\`, or leave it out`,
  );
}
