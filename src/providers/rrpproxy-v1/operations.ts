/** What is left of API 1, for people: looks, lists, the approver's address, and the way to API 2. */
import type { OperationParameter, ProviderOperation } from '../../contracts/provider-operations.ts';
import { RenewdError } from '../../core/errors.ts';
import { column, type Answer } from '../../vendors/command-text/wire.ts';
import { bounded } from '../../vendors/common/text.ts';
import { isAddress } from '../../vendors/command-text/proof-place.ts';
import { isId } from '../../vendors/command-text/fields.ts';
import {
  choiceOf,
  limitParameter,
  lineOf,
  linesOf,
  listRows,
  optionalId,
  pemOf,
  present,
  requiredId,
  wrong,
  type RowNames,
} from '../../vendors/rrpproxy/operations.ts';
import { readProperties } from '../../vendors/rrpproxy/properties.ts';
import { authMethods, type Client } from './client.ts';
import { isMigrated, toReading } from './reading.ts';
import { readCertificate } from './schema.ts';

const columns: RowNames = {
  CERTIFICATE: 'orderId',
  STATUS: 'status',
  CLASS: 'class',
  DOMAIN: 'domain',
  WEBSERVERTYPE: 'serverType',
  APPROVEREMAIL: 'approver',
  CREATEDDATE: 'createdAt',
  UPDATEDDATE: 'updatedAt',
  EXPIRATIONDATE: 'expiresAt',
};

const orderParameter: OperationParameter = {
  name: 'order',
  description: 'Id of the certificate order, e.g. CZ00001.',
  required: true,
};

const subParameter: OperationParameter = {
  name: 'sub',
  description: 'Id of the sub-certificate, e.g. CZ00001-002; default: the newest one.',
};

export function createOperations(client: Client): readonly ProviderOperation[] {
  return [
    statusOperation(client),
    listOperation(client),
    infoOperation(client),
    checkOperation(client),
    approverOperation(client),
    migrateOperation(client),
  ];
}

function statusOperation(client: Client): ProviderOperation {
  return {
    name: 'status',
    summary: 'An order, its sub-certificates and one of them in detail.',
    command: 'StatusCertificate',
    effect: 'reads',
    parameters: [orderParameter, subParameter],
    async run(given, signal) {
      const certificate = requiredId(given, 'order');
      const sub = optionalId(given, 'sub');
      const { answer } = await client.statusCertificate(certificate, sub, signal);
      const order = readCertificate(answer, sub);
      const { reading } = toReading(order, { parts: { certificate, sub } });
      return {
        data: {
          orderId: reading.handle.orderId,
          certificateId: reading.handle.certificateId,
          status: reading.statusWord,
          names: reading.names,
          subs: order.subs.map(({ id, statusWord, createdAt }) => ({
            certificateId: id,
            status: statusWord,
            createdAt: createdAt?.toISOString(),
          })),
          approvers: order.approvers.flatMap((address) =>
            address !== undefined && isAddress(address) ? [address] : [],
          ),
          expiresAt: order.expiresAt?.toISOString(),
          createdAt: reading.createdAt?.toISOString(),
          migrated: isMigrated(order),
          migratedTo: order.migratedTo,
          leafPem: reading.leafPem,
          message: reading.message,
        },
      };
    },
  };
}

function listOperation(client: Client): ProviderOperation {
  return {
    name: 'list',
    summary: 'List the certificate orders of API 1, all or those that match.',
    command: 'QueryCertificateList',
    effect: 'reads',
    parameters: [
      { name: 'order', description: 'Id, with * as wildcard.' },
      { name: 'status', description: 'State, e.g. ACTIVE.' },
      { name: 'class', description: 'Certificate class, e.g. SSL123.' },
      { name: 'domain', description: 'Name in the certificate.' },
      limitParameter,
    ],
    loginCheck: { limit: ['1'] },
    async run(given, signal) {
      const filters = present({
        certificate: lineOf(given, 'order'),
        status: lineOf(given, 'status'),
        class: lineOf(given, 'class'),
        domain: lineOf(given, 'domain'),
      });
      return listRows(given, columns, ['CERTIFICATE'], (page) =>
        client.queryCertificateList({ ...filters, ...page }, signal),
      );
    },
  };
}

function infoOperation(client: Client): ProviderOperation {
  return {
    name: 'info',
    summary: 'What the provider tells of a certificate class of API 1, or of all classes.',
    command: 'GetCertificateInfo',
    effect: 'reads',
    parameters: [{ name: 'class', description: 'Certificate class, e.g. SSL123.' }],
    async run(given, signal) {
      const { answer } = await client.getCertificateInfo(lineOf(given, 'class'), signal);
      return { data: readProperties(answer) };
    },
  };
}

function checkOperation(client: Client): ProviderOperation {
  return {
    name: 'check',
    summary: 'Decode a CSR or a certificate.',
    command: 'CheckCertificate',
    effect: 'reads',
    parameters: [
      { name: 'csr', description: 'CSR as PEM text.' },
      { name: 'certificate', description: 'Certificate as PEM text.' },
    ],
    async run(given, signal) {
      const check = present({
        csrPem: pemOf(given, 'csr', /-----BEGIN (NEW )?CERTIFICATE REQUEST-----/),
        certificatePem: pemOf(given, 'certificate', /-----BEGIN CERTIFICATE-----/),
      });
      if (check.csrPem === undefined && check.certificatePem === undefined) {
        throw wrong('csr', 'is missing, and so is "certificate"');
      }
      const { answer } = await client.checkCertificate(check, signal);
      return { data: readProperties(answer) };
    },
  };
}

function approverOperation(client: Client): ProviderOperation {
  return {
    name: 'change-approver',
    summary: 'Send the approval mail of an order to other addresses.',
    command: 'ModifyCertificate',
    effect: 'changes',
    parameters: [
      orderParameter,
      subParameter,
      { name: 'email', description: 'Address of an approver, at most 25.', required: true, several: true },
      { name: 'method', description: 'Change the validation method as well: email, dns or file.' },
    ],
    async run(given, signal) {
      const approverEmails = linesOf(given, 'email');
      if (approverEmails.length === 0) throw wrong('email', 'is missing');
      if (approverEmails.length > 25) throw wrong('email', 'is given more than 25 times');
      if (!approverEmails.every((address) => isAddress(address)))
        throw wrong('email', 'must be an e-mail address');
      const certificate = requiredId(given, 'order');
      const sub = optionalId(given, 'sub');
      const change = {
        certificate,
        approverEmails,
        ...present({ sub, authMethod: choiceOf(given, 'method', authMethods) }),
      };
      const { answer } = await client.changeApprover(change, signal);
      return {
        data: { orderId: certificate, approvers: approverEmails, result: bounded(answer.description) },
      };
    },
  };
}

function migrateOperation(client: Client): ProviderOperation {
  return {
    name: 'migrate',
    summary: 'Move an order to API 2. It cannot be moved back; every valid sub-certificate gets a new id.',
    command: 'ModifyCertificate',
    effect: 'changes',
    parameters: [orderParameter],
    async run(given, signal) {
      const certificate = requiredId(given, 'order');
      const { answer } = await client.migrateCertificate(certificate, signal);
      const moved = movedIds(answer);
      if (moved.length === 0) {
        throw new RenewdError(
          'provider-outcome-unknown',
          `ModifyCertificate: the provider agreed to move ${certificate}, but names no new ids; look at the operation \`status\``,
        );
      }
      return {
        data: {
          orderId: certificate,
          moved,
          inventory:
            'Set `provider` of the certificates of this order to a provider of type rrpproxy with the same account, and `product` to the class of API 2; the order behind each certificate is then found by its public key.',
        },
      };
    },
  };
}

/** `MIGRATEDFROM[]` and `MIGRATEDTO[]` run in parallel. */
function movedIds(answer: Answer): { readonly from: string | undefined; readonly to: string }[] {
  const from = column(answer, 'MIGRATEDFROM');
  return column(answer, 'MIGRATEDTO').flatMap((to, index) => {
    if (to === undefined || !isId(to)) return [];
    const old = from[index];
    return [{ from: old !== undefined && isId(old) ? old : undefined, to }];
  });
}
