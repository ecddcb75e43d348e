/** The orders of the provider contract in terms of the client: submit, read, find, revalidate, revoke, cancel, price. */
import { certificateOf, readAccepted } from '../../vendors/command-text/orders.ts';
import { checkedOptions } from '../../vendors/common/checked-settings.ts';
import { refuseOtherSerial } from '../../vendors/common/serial.ts';
import type { OrderHandle, OrderReading, OrderRequest } from '../../contracts/order.ts';
import type { Provider } from '../../contracts/provider.ts';
import { hasKind, RenewdError } from '../../core/errors.ts';
import type { Reply } from '../../vendors/rrpproxy/transport.ts';
import { commonApprovers } from './approvers.ts';
import { factsOf, readClassInfo } from './class-info.ts';
import type { Client } from './client.ts';
import { orderSchema, type Account, type OrderOptions } from './config.ts';
import { findOrders } from './find.ts';
import { prepareImmediate, preparedToken, refusedToken } from './immediate.ts';
import { dcvMethodWord } from './mapping.ts';
import type { AddParameters } from './parameters.ts';
import { caOf, className, classOf } from './products.ts';
import { toReading } from './reading.ts';
import { readCertificate, type CertificateAnswer } from './schema.ts';
import { sectigoServerTypes } from './server-types.ts';

export interface OrdersDependencies {
  readonly client: Client;
  readonly account: Account;
}

type Orders = Pick<
  Provider,
  | 'submit'
  | 'read'
  | 'find'
  | 'retryValidation'
  | 'revoke'
  | 'cancel'
  | 'prepare'
  | 'preview'
  | 'approvers'
  | 'productFacts'
>;

export function createOrders(dependencies: OrdersDependencies): Orders {
  const { client, account } = dependencies;
  const { currency } = account;

  function optionsOf(request: OrderRequest): OrderOptions {
    const options = checkedOptions(orderSchema, request.options);
    const { serverType } = options;
    if (
      serverType !== undefined &&
      caOf(request.product) === 'sectigo' &&
      !sectigoServerTypes.includes(serverType)
    ) {
      throw new RenewdError(
        'config-invalid',
        `Sectigo knows no server type ${serverType}, only ${sectigoServerTypes.join(', ')}`,
      );
    }
    const techContact = options.techContact ?? account.defaultTechContact;
    return techContact === undefined ? options : { ...options, techContact };
  }

  function emailsOf(request: OrderRequest): { dcvEmails?: readonly string[] } {
    const { method, approver } = request.dcv;
    return method === 'email' && approver !== undefined
      ? { dcvEmails: request.names.map(() => approver) }
      : {};
  }

  function addParameters(request: OrderRequest, options: OrderOptions): AddParameters {
    return {
      class: className(request.product),
      domains: request.names,
      csrPem: request.csrPem,
      dcvMethod: dcvMethodWord(request.dcv, options.fileOverHttps),
      ...emailsOf(request),
      options,
    };
  }

  /** Everything that can be wrong on our side throws before the first byte is sent. */
  function send(request: OrderRequest, signal: AbortSignal): Promise<Reply> {
    const options = optionsOf(request);
    const { action, csrPem, names, previous } = request;
    const dcvToken = preparedToken(request.prepared);
    const token = dcvToken === undefined ? {} : { dcvToken };
    if (action === 'create') {
      const serviceTags = [request.reference, ...options.serviceTags];
      return client.addCertificate({ ...addParameters(request, options), ...token, serviceTags }, signal);
    }
    if (action === 'reissue') {
      const certificate = certificateOf(previous, 'ReissueCertificate');
      return client.reissueCertificate({ certificate, csrPem, ...token, options }, signal);
    }
    // Contacts are not sent: the provider takes those of the earlier order, which are vetted already.
    const renewal = {
      certificate: certificateOf(previous, 'RenewCertificate'),
      csrPem,
      domains: names,
      dcvMethod: dcvMethodWord(request.dcv, options.fileOverHttps),
      ...emailsOf(request),
      ...token,
      options,
    };
    return client.renewCertificate(renewal, signal);
  }

  async function status(certificateId: string, signal: AbortSignal): Promise<CertificateAnswer> {
    const { answer } = await client.statusCertificate(certificateId, signal);
    return readCertificate(answer, currency);
  }

  async function read(handle: OrderHandle, signal: AbortSignal): Promise<OrderReading> {
    const answer = await status(certificateOf(handle, 'StatusCertificate'), signal);
    const { reading, refused } = toReading(answer, { handle });
    if (refused.length > 0) throw new RenewdError('dcv-unsafe', refused.join('; '));
    return reading;
  }

  return {
    async submit(request, signal) {
      const { answer } = await send(request, signal).catch((thrown: unknown) => {
        throw preparedToken(request.prepared) === undefined ? thrown : refusedToken(thrown);
      });
      return acceptedOrder(request, () => readCertificate(answer, currency));
    },

    prepare: (request, signal) => prepareImmediate(request, optionsOf(request), client, signal),

    read,

    find: (query, signal) => findOrders(query, { client, currency }, signal),

    async retryValidation(handle, signal) {
      await client.resendNotification(certificateOf(handle, 'ResendNotification'), signal);
    },

    // The command takes no reason; README.md says so.
    async revoke(handle, serialHex, _reason, signal) {
      const certificateId = certificateOf(handle, 'RevokeCertificate');
      const before = toReading(await status(certificateId, signal), { handle }).reading;
      if (before.status === 'revoked') return;
      refuseOtherSerial(before, serialHex, 'RevokeCertificate');
      await client.revokeCertificate(certificateId, signal);
    },

    async cancel(handle, signal) {
      const orderId =
        handle.orderId ?? (await status(certificateOf(handle, 'StatusCertificate'), signal)).orderId;
      if (orderId === undefined) {
        throw new RenewdError('provider-object-missing', 'CancelCertificateOrder: the order has no known id');
      }
      try {
        await client.cancelCertificateOrder(orderId, signal);
      } catch (thrown) {
        // A repeated cancellation is refused by the state that the first one brought about.
        if (!hasKind(thrown, 'conflict') || !(await isClosing(handle, signal))) {
          throw thrown;
        }
      }
    },

    async preview(request, signal) {
      // A reissue is free, and there is no other way to ask.
      if (request.action === 'reissue') return undefined;
      try {
        const { answer } = await client.previewCertificate(
          addParameters(request, optionsOf(request)),
          signal,
        );
        const preview = readCertificate(answer, currency);
        if (preview.certificateId !== undefined) {
          throw new RenewdError(
            'provider-outcome-unknown',
            `AddCertificate: a price was asked for, but certificate ${preview.certificateId} came back; look at the provider`,
          );
        }
        return preview.price;
      } catch (thrown) {
        // A renewal keeps contacts that the preview of a new order would have to name.
        if (request.action === 'renew' && hasKind(thrown, 'rejected')) {
          return undefined;
        }
        throw thrown;
      }
    },

    async approvers(request, signal) {
      const check = { class: className(request.product), domains: request.names };
      const { answer } = await client.checkCertificate(check, signal);
      return commonApprovers(answer, request.names);
    },

    async productFacts(product, signal) {
      const name = className(product);
      try {
        const { answer } = await client.getCertificateInfo(name, signal);
        return factsOf(readClassInfo(answer), name);
      } catch (thrown) {
        // A class that the manual does not have either is unknown to the provider; anything else is a failure.
        if (classOf(product) === undefined && hasKind(thrown, 'rejected', 'not-found')) return undefined;
        throw thrown;
      }
    },
  };

  async function isClosing(handle: OrderHandle, signal: AbortSignal): Promise<boolean> {
    if (handle.certificateId === undefined) return false;
    const { statusWord = '' } = await status(handle.certificateId, signal);
    return /^cancel/i.test(statusWord);
  }
}

/**
 * The order was taken: from here on nothing may look like a refusal. An answer without a usable id is an unknown
 * outcome; a FAIL id is the provider's own word that nothing was ordered.
 */
function acceptedOrder(request: OrderRequest, readAnswer: () => CertificateAnswer): OrderReading {
  const answer = readAccepted('order', readAnswer);
  if (answer.supportId !== undefined) {
    throw new RenewdError(
      'order-failed',
      `the provider gave up on the request at once (${answer.supportId})`,
      {
        fields: { supportId: answer.supportId },
      },
    );
  }
  if (answer.certificateId === undefined) {
    throw new RenewdError(
      'provider-outcome-unknown',
      'the order was taken, but the answer names no certificate',
    );
  }
  return toReading(answer, { names: request.names }).reading;
}
