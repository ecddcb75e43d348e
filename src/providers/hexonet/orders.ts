/** The orders of the provider contract in terms of the client: submit, read, find, revalidate, revoke. */
import { certificateOf, readAccepted } from '../../vendors/command-text/orders.ts';
import { checkedOptions } from '../../vendors/common/checked-settings.ts';
import { refuseOtherSerial } from '../../vendors/common/serial.ts';
import type { OrderReading, OrderRequest } from '../../contracts/order.ts';
import type { Provider } from '../../contracts/provider.ts';
import type { Secret } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import type { Reply } from '../../vendors/hexonet/reply.ts';
import type { Client } from './client.ts';
import { orderSchema, type OrderOptions } from './config.ts';
import { findOrders } from './find.ts';
import type { Contacts, KeySource, NameValidation } from './intents.ts';
import { reasonTexts, validationWords } from './mapping.ts';
import { className } from './products.ts';
import { toReading } from './reading.ts';
import { readApprovers, readCertificate, type CertificateAnswer } from './schema.ts';

type Orders = Pick<
  Provider,
  'submit' | 'read' | 'find' | 'retryValidation' | 'revoke' | 'cancel' | 'approvers'
>;

export function createOrders(client: Client): Orders {
  /** Everything that can be wrong on our side throws before the first byte is sent. */
  function send(request: OrderRequest, signal: AbortSignal): Promise<Reply> {
    const { action, names: domains, previous } = request;
    const options = checkedOptions(orderSchema, request.options);
    const { period, serverSoftware } = options;
    const key = keyOf(request, options);
    const common = {
      domains,
      key,
      validations: validationsOf(request),
      internalDns: internalDnsOf(request, options),
    };
    const term = { period, serverSoftware };
    switch (action) {
      case 'create': {
        const contacts = contactsOf(request, options);
        return client.createSslCert(
          { className: className(request.product), ...common, ...term, contacts },
          signal,
        );
      }
      case 'renew': {
        const certificateId = certificateOf(previous, 'RenewSSLCert');
        const contacts = renewalContactsOf(request, options);
        return client.renewSslCert({ certificateId, ...common, ...term, contacts }, signal);
      }
      case 'reissue':
        return client.reissueSslCert(
          { certificateId: certificateOf(previous, 'ReissueSSLCert'), ...common },
          signal,
        );
    }
  }

  async function status(
    certificateId: string,
    signal: AbortSignal,
  ): Promise<{ answer: CertificateAnswer; key?: Secret }> {
    const { answer, privateKey } = await client.statusSslCert(certificateId, signal);
    return { answer: readCertificate(answer), ...(privateKey === undefined ? {} : { key: privateKey }) };
  }

  return {
    async submit(request, signal) {
      return acceptedOrder(request, await send(request, signal));
    },

    async read(handle, signal) {
      const { answer, key } = await status(certificateOf(handle, 'StatusSSLCert'), signal);
      // renewd never hands a key of its own to the vendor, so one that is shown was made there.
      const { reading, refused } = toReading(answer, { handle, privateKey: key });
      if (refused.length > 0) throw new RenewdError('dcv-unsafe', refused.join('; '));
      return reading;
    },

    find: (query, signal) => findOrders(query, client, signal),

    async retryValidation(handle, signal) {
      const certificateId = certificateOf(handle, 'StatusSSLCert');
      const { answer } = await status(certificateId, signal);
      const { reading } = toReading(answer, { handle });
      // For records and files no command makes the CA look; looking at the state is all that can be done.
      if (reading.status !== 'pending' || !answer.validations.some((word) => word?.toUpperCase() === 'EMAIL'))
        return;
      await client.resendSslCertEmail({ certificateId }, signal);
    },

    async revoke(handle, serialHex, reason, signal) {
      const certificateId = certificateOf(handle, 'RevokeSSLCert');
      const { answer } = await status(certificateId, signal);
      const before = toReading(answer, { handle }).reading;
      if (before.status === 'revoked') return;
      // A reissue keeps the id, and revoking would end the certificate in use: without a look nothing is revoked.
      if (before.leafPem === undefined) {
        throw new RenewdError(
          'provider-conflict',
          'RevokeSSLCert: the order shows no certificate to compare with',
        );
      }
      refuseOtherSerial(before, serialHex, 'RevokeSSLCert');
      await client.revokeSslCert(certificateId, reasonTexts[reason], signal);
    },

    cancel(handle) {
      const certificateId = certificateOf(handle, 'cancel');
      const message = `HEXONET has no command that withdraws an order (${certificateId}); ask its support, or let the order lapse`;
      return Promise.reject(new RenewdError('provider-rejected', message, { kind: 'configuration' }));
    },

    async approvers(request, signal) {
      const hosts = new Set(request.names.map((name) => name.replace(/^\*\./, '')));
      let common: readonly string[] | undefined;
      for (const domain of hosts) {
        const question = { className: className(request.product), domain };
        const { answer } = await client.querySslCertDcvEmailAddressList(question, signal);
        // "MANUAL" is the CA's own desk: nobody of ours would get that mail.
        const offered = readApprovers(answer).filter(({ level }) => level !== 'MANUAL');
        const addresses = offered.map(({ email }) => email);
        const earlier: readonly string[] = common ?? addresses;
        common = earlier.filter((email) =>
          addresses.some((one) => one.toLowerCase() === email.toLowerCase()),
        );
        if (common.length === 0) break;
      }
      return common ?? [];
    },
  };
}

function keyOf({ csrPem, vendorKey }: OrderRequest, options: OrderOptions): KeySource {
  if (vendorKey === undefined) return { from: 'csr', csrPem };
  const bits = /^rsa-(\d{4})$/.exec(vendorKey.type)?.[1];
  if (bits === undefined) {
    throw new RenewdError('config-invalid', `HEXONET makes RSA keys only, not ${vendorKey.type}`);
  }
  return { from: 'vendor', keyLength: options.keyLength ?? Number(bits) };
}

function validationsOf({ names, dcv }: OrderRequest): readonly NameValidation[] {
  const method = validationWords[dcv.method];
  return names.map(() => (dcv.method === 'email' ? { method, email: dcv.approver } : { method }));
}

function internalDnsOf({ dcv }: OrderRequest, options: OrderOptions): boolean {
  return options.internalDns && dcv.method === 'dns';
}

function contactsOf({ vendorKey }: OrderRequest, options: OrderOptions): Contacts {
  return {
    owner: options.ownerContact,
    admin: options.adminContact,
    tech: options.techContact,
    billing: options.billingContact,
    csr: vendorKey === undefined ? undefined : options.csrContact,
  };
}

/** "You have to provide all contact data for all contacts": some of them would take the place of all that are vetted. */
function renewalContactsOf(request: OrderRequest, options: OrderOptions): Contacts {
  const contacts = contactsOf(request, options);
  const { owner, admin, tech, billing } = contacts;
  return [owner, admin, tech, billing].every((contact) => contact !== undefined) ? contacts : {};
}

/**
 * The order was taken: from here on nothing may look like a refusal. An answer without a usable id is an unknown
 * outcome; only a reissue needs none, because its order keeps the id.
 */
function acceptedOrder(request: OrderRequest, { answer: raw, privateKey }: Reply): OrderReading {
  const answer = readAccepted('order', () => readCertificate(raw));
  const reissue = request.action === 'reissue';
  if (answer.certificateId === undefined && !reissue) {
    const message = 'the order was taken, but the answer names no certificate';
    throw new RenewdError('provider-outcome-unknown', message);
  }
  return toReading(answer, {
    names: request.names,
    ...(reissue && request.previous !== undefined ? { handle: request.previous } : {}),
    reissueAccepted: reissue,
    privateKey: request.vendorKey === undefined ? undefined : privateKey,
  }).reading;
}
