/** The provider contract in terms of API 1: reissue, read, revalidate, and end exactly one sub-certificate. */
import { readAccepted, type ReadingResult } from '../../vendors/command-text/orders.ts';
import { checkedOptions } from '../../vendors/common/checked-settings.ts';
import { refuseOtherSerial } from '../../vendors/common/serial.ts';
import { effectOf } from '../../contracts/capabilities.ts';
import type { OrderReading, OrderRequest } from '../../contracts/order.ts';
import type { Provider } from '../../contracts/provider.ts';
import { hasKind, RenewdError } from '../../core/errors.ts';
import { capabilities } from './capabilities.ts';
import type { AuthMethod, Client } from './client.ts';
import { orderSchema } from './config.ts';
import { findOrders } from './find.ts';
import { partsOf, subPartsOf, type Parts, type SubParts } from './handle.ts';
import { isMigrated, toReading } from './reading.ts';
import { readCertificate, type CertificateAnswer } from './schema.ts';

type Orders = Pick<
  Provider,
  'submit' | 'read' | 'find' | 'retryValidation' | 'revoke' | 'cancel' | 'discard'
>;

const authMethodOf: Readonly<Record<OrderRequest['dcv']['method'], AuthMethod>> = {
  dns: 'DNS',
  file: 'FILE',
  email: 'EMAIL',
};

export function createOrders(client: Client): Orders {
  async function status({ certificate, sub }: Parts, signal: AbortSignal): Promise<CertificateAnswer> {
    const { answer } = await client.statusCertificate(certificate, sub, signal);
    return readCertificate(answer, sub);
  }

  async function look(parts: Parts, signal: AbortSignal): Promise<ReadingResult> {
    return toReading(await status(parts, signal), { parts });
  }

  /** The sub whose data the reissue is based on, said explicitly: the documents differ about the default. */
  async function baseOf(request: OrderRequest, signal: AbortSignal): Promise<SubParts> {
    const { certificate, sub } = partsOf(request.previous, 'ReissueCertificate');
    if (sub !== undefined) return { certificate, sub };
    const answer = await status({ certificate, sub }, signal);
    const newest = newestActive(answer);
    if (newest !== undefined) return { certificate, sub: newest };
    throw new RenewdError(
      'provider-object-missing',
      `ReissueCertificate: the order ${certificate} has no active sub-certificate`,
    );
  }

  /** Quiet when it has ended. Looks before it acts, and after a refusal again. */
  async function end(parts: SubParts, signal: AbortSignal): Promise<void> {
    try {
      await client.deleteCertificate(parts.certificate, parts.sub, signal);
    } catch (thrown) {
      if (!(thrown instanceof RenewdError)) throw thrown;
      if (thrown.kind === 'not-found') return;
      if (thrown.kind !== 'conflict' || !(await hasEnded(parts, signal))) throw thrown;
    }
  }

  async function hasEnded(parts: SubParts, signal: AbortSignal): Promise<boolean> {
    return isOver((await look(parts, signal)).reading);
  }

  return {
    async submit(request, signal) {
      const { action, csrPem, dcv } = request;
      if (effectOf(capabilities, action) === undefined) throw closed(action);
      const options = checkedOptions(orderSchema, request.options);
      const { certificate, sub } = await baseOf(request, signal);
      const { answer } = await client.reissueCertificate(
        {
          certificate,
          sub,
          csrPem,
          authMethod: authMethodOf[dcv.method],
          ...(dcv.method === 'email' && dcv.approver !== undefined ? { reissueEmail: dcv.approver } : {}),
          ...(options.algorithm === undefined ? {} : { algorithm: options.algorithm }),
        },
        signal,
      );
      return accepted(request, { certificate, sub }, () => readCertificate(answer));
    },

    async read(handle, signal) {
      const { reading, refused } = await look(partsOf(handle, 'StatusCertificate'), signal);
      if (refused.length > 0) throw new RenewdError('dcv-unsafe', refused.join('; '));
      return reading;
    },

    find: (query, signal) => findOrders(query, client, signal),

    async retryValidation(handle, signal) {
      const { certificate, sub } = partsOf(handle, 'ResendNotification');
      await client.resendNotification(certificate, sub, signal);
    },

    // The command takes no reason.
    async revoke(handle, serialHex, _reason, signal) {
      const parts = subPartsOf(handle, 'DeleteCertificate');
      const { reading } = await look(parts, signal);
      if (reading.status === 'revoked') return;
      refuseOtherSerial(reading, serialHex, 'DeleteCertificate');
      await end(parts, signal);
    },

    /** A sub that was never issued is withdrawn by the command that ends an issued one; the order stays. */
    async cancel(handle, signal) {
      const parts = subPartsOf(handle, 'DeleteCertificate');
      const { reading } = await look(parts, signal);
      if (isOver(reading)) return;
      if (reading.status === 'issued') {
        throw new RenewdError('provider-conflict', `DeleteCertificate: ${parts.sub} was issued already`);
      }
      await end(parts, signal);
    },

    async discard(superseded, successor, signal) {
      const parts = subPartsOf(superseded, 'DeleteCertificate');
      if (parts.sub === successor.certificateId) {
        throw new RenewdError(
          'provider-conflict',
          `DeleteCertificate: ${parts.sub} is the certificate in use; nothing was sent`,
        );
      }
      let answer: CertificateAnswer;
      try {
        answer = await status(parts, signal);
      } catch (thrown) {
        if (hasKind(thrown, 'not-found')) return;
        throw thrown;
      }
      if (isMigrated(answer)) {
        throw new RenewdError(
          'provider-conflict',
          `DeleteCertificate: ${parts.sub} was moved to API 2; end it there`,
        );
      }
      if (!isOver(toReading(answer, { parts }).reading)) await end(parts, signal);
    },
  };
}

function isOver({ status }: OrderReading): boolean {
  return status === 'revoked' || status === 'cancelled' || status === 'expired' || status === 'failed';
}

function closed(action: OrderRequest['action']): RenewdError {
  const effect = capabilities.verbs[action];
  const why = 'closed' in effect ? effect.closed : '';
  return new RenewdError('provider-rejected', `${action}: ${why}`, { kind: 'configuration' });
}

/** The provider numbers its subs, so the newest is the last of those that are active. */
function newestActive({ subs, subId, statusWord }: CertificateAnswer): string | undefined {
  const isActive = (word: string | undefined): boolean => word?.toUpperCase() === 'ACTIVE';
  const listed = subs.filter((row) => isActive(row.statusWord)).map(({ id }) => id);
  const candidates = subId !== undefined && isActive(statusWord) ? [...listed, subId] : listed;
  return [...new Set(candidates)].sort().at(-1);
}

/**
 * The reissue was taken: from here on nothing may look like a refusal. An answer that does not name a new sub is an
 * unknown outcome.
 */
function accepted(request: OrderRequest, base: SubParts, readAnswer: () => CertificateAnswer): OrderReading {
  const answer = readAccepted('reissue', readAnswer);
  const { subId } = answer;
  const order = answer.orderId ?? base.certificate;
  if (subId === undefined || subId === base.sub || order !== base.certificate) {
    throw new RenewdError(
      'provider-outcome-unknown',
      `the reissue of ${base.sub} was taken, but the answer names no new sub-certificate of the order`,
    );
  }
  return withMail(
    toReading(answer, { parts: base, names: request.names }).reading,
    request.dcv,
    request.names,
  );
}

/** The answer to a reissue does not repeat the address that the mail goes to. */
function withMail(
  reading: OrderReading,
  { method, approver }: OrderRequest['dcv'],
  names: readonly string[],
): OrderReading {
  const asked = method === 'email' && reading.status === 'pending' && reading.challenges.length === 0;
  if (!asked || approver === undefined) return reading;
  return {
    ...reading,
    challenges: [{ kind: 'email', identifier: names[0] ?? '', addresses: [approver] }],
    waitsForPerson: reading.waitsForPerson ?? `Approve the validation e-mail sent to ${approver}.`,
  };
}
