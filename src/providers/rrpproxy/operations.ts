/** Commands of the manual that renewals do not need, for people: `renewd provider NAME OPERATION`. */
import type { ProviderOperation } from '../../contracts/provider-operations.ts';
import {
  choiceOf,
  limitParameter,
  lineOf,
  linesOf,
  listRows,
  pemOf,
  present,
  requiredId,
  wrong,
  type RowNames,
} from '../../vendors/rrpproxy/operations.ts';
import { readProperties } from '../../vendors/rrpproxy/properties.ts';
import { column } from '../../vendors/command-text/wire.ts';
import { bounded } from '../../vendors/common/text.ts';
import { readClassInfo } from './class-info.ts';
import { deleteActions, type Client } from './client.ts';
import { contactOperations } from './contact-operations.ts';
import { orderOperations } from './order-operations.ts';
import { className } from './products.ts';

const certificateColumns: RowNames = {
  CERTIFICATE: 'certificateId',
  CERTIFICATEORDER: 'orderId',
  STATUS: 'status',
  CLASS: 'class',
  DOMAIN: 'domain',
  SERVERTYPE: 'serverType',
  CREATEDDATE: 'createdAt',
  UPDATEDDATE: 'updatedAt',
  EXPIRATIONDATE: 'expiresAt',
  REGISTRAR: 'account',
};

export function createOperations(client: Client): readonly ProviderOperation[] {
  return [
    checkOperation(client),
    certificateList(client),
    certificateDelete(client),
    classInfo(client),
    commandSyntax(client),
    ...orderOperations(client),
    ...contactOperations(client),
  ];
}

function checkOperation(client: Client): ProviderOperation {
  return {
    name: 'check',
    summary: 'Decode a CSR or a certificate, and list approver addresses of names.',
    command: 'CheckCertificate',
    effect: 'reads',
    parameters: [
      { name: 'csr', description: 'CSR as PEM text.' },
      { name: 'certificate', description: 'Certificate as PEM text.' },
      { name: 'domain', description: 'Name to list approver addresses for.', several: true },
      { name: 'class', description: 'Certificate class, e.g. ssl123dv; needed for approver addresses.' },
    ],
    async run(given, signal) {
      const csrPem = pemOf(given, 'csr', /-----BEGIN (NEW )?CERTIFICATE REQUEST-----/);
      const certificatePem = pemOf(given, 'certificate', /-----BEGIN CERTIFICATE-----/);
      const domains = linesOf(given, 'domain');
      const name = lineOf(given, 'class');
      if (csrPem === undefined && certificatePem === undefined && domains.length === 0) {
        throw wrong('csr', 'is missing, and so are "certificate" and "domain"');
      }
      const { answer } = await client.checkCertificate(
        {
          ...(csrPem === undefined ? {} : { csrPem }),
          ...(certificatePem === undefined ? {} : { certificatePem }),
          ...(domains.length === 0 ? {} : { domains }),
          ...(name === undefined ? {} : { class: className(name) }),
        },
        signal,
      );
      return { data: readProperties(answer) };
    },
  };
}

function certificateList(client: Client): ProviderOperation {
  return {
    name: 'certificate-list',
    summary: 'List certificates, all or those that match.',
    command: 'QueryCertificateList',
    effect: 'reads',
    parameters: [
      { name: 'certificate', description: 'Id, with * as wildcard.' },
      { name: 'order', description: 'Id of the certificate order, with * as wildcard.' },
      { name: 'status', description: 'State, e.g. active; cancelled ones are listed only when asked for.' },
      { name: 'class', description: 'Certificate class.' },
      { name: 'server-type', description: 'Kind of server.' },
      { name: 'domain', description: 'Name in the certificate.' },
      { name: 'created', description: 'Date of creation, with * as wildcard: 2026-11-*' },
      { name: 'updated', description: 'Date of the last change.' },
      { name: 'expires', description: 'Date of expiry.' },
      { name: 'tag', description: 'Service tag.', several: true },
      { name: 'sub-accounts', description: 'yes: certificates of all sub-accounts as well.' },
      limitParameter,
    ],
    loginCheck: { limit: ['1'] },
    async run(given, signal) {
      const tags = linesOf(given, 'tag');
      const filters = {
        certificate: lineOf(given, 'certificate'),
        certificateOrder: lineOf(given, 'order'),
        status: lineOf(given, 'status'),
        class: lineOf(given, 'class'),
        serverType: lineOf(given, 'server-type'),
        domain: lineOf(given, 'domain'),
        createdDate: lineOf(given, 'created'),
        updatedDate: lineOf(given, 'updated'),
        expirationDate: lineOf(given, 'expires'),
        serviceTags: tags.length === 0 ? undefined : tags,
        includeSubAccounts: choiceOf(given, 'sub-accounts', ['yes', 'no']) === 'yes',
      };
      return listRows(given, certificateColumns, ['CERTIFICATE'], (page) =>
        client.queryCertificateList({ ...present(filters), wide: true, ...page }, signal),
      );
    },
  };
}

function certificateDelete(client: Client): ProviderOperation {
  return {
    name: 'certificate-delete',
    summary: 'Revoke a certificate, or cancel or revoke its whole order.',
    command: 'DeleteCertificate',
    effect: 'changes',
    parameters: [
      { name: 'certificate', description: 'Id of the certificate.', required: true },
      {
        name: 'action',
        description:
          'revoke: this certificate; cancelorder: the order, before anything was issued; revokeorder: the order with all its certificates.',
        required: true,
      },
    ],
    async run(given, signal) {
      const certificateId = requiredId(given, 'certificate');
      const action = choiceOf(given, 'action', deleteActions);
      if (action === undefined) throw wrong('action', 'is missing');
      const { answer } = await client.deleteCertificate(certificateId, action, signal);
      return { data: { certificateId, action, result: bounded(answer.description) } };
    },
  };
}

function classInfo(client: Client): ProviderOperation {
  return {
    name: 'class-info',
    summary: 'What the provider tells of a certificate class, or the names of all classes.',
    command: 'GetCertificateInfo',
    effect: 'reads',
    parameters: [{ name: 'class', description: 'Certificate class, e.g. ssl123dv.' }],
    async run(given, signal) {
      const name = lineOf(given, 'class');
      const { answer } = await client.getCertificateInfo(
        name === undefined ? undefined : className(name),
        signal,
      );
      if (name !== undefined) return { data: readClassInfo(answer) };
      const classes = column(answer, 'CLASS').flatMap((one) =>
        one === undefined ? [] : [bounded(one, 100)],
      );
      return { data: { classes } };
    },
  };
}

function commandSyntax(client: Client): ProviderOperation {
  return {
    name: 'command-syntax',
    summary: 'Which parameters a command of the API takes for a certificate class.',
    command: 'QueryCommandSyntax',
    effect: 'reads',
    parameters: [
      { name: 'command', description: 'Command, e.g. AddCertificate.' },
      { name: 'class', description: 'Certificate class; without one the API tells of API 1 only.' },
      { name: 'type', description: 'request or response.' },
    ],
    async run(given, signal) {
      const command = lineOf(given, 'command');
      const name = lineOf(given, 'class');
      const type = choiceOf(given, 'type', ['REQUEST', 'RESPONSE']);
      const { answer } = await client.queryCommandSyntax(
        {
          ...(command === undefined ? {} : { command }),
          ...(name === undefined ? {} : { class: className(name) }),
          ...(type === undefined ? {} : { type }),
        },
        signal,
      );
      return { data: readProperties(answer) };
    },
  };
}
