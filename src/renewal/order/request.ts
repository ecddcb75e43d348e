/** From a renewal and its inventory entry to what the provider is asked for. */
import type {
  FindQuery,
  OrderAction,
  OrderHandle,
  OrderReading,
  OrderRequest,
  PreparedValidation,
} from '../../contracts/order.ts';
import type { RenewalPatch } from '../../contracts/store.ts';
import type { ManagedCertificate } from '../../core/certificate.ts';
import { minuteMs } from '../../core/durations.ts';
import { RenewdError } from '../../core/errors.ts';
import type { Renewal } from '../../core/renewal.ts';

export function handleOf(renewal: Renewal): OrderHandle {
  return {
    ...(renewal.orderId === null ? {} : { orderId: renewal.orderId }),
    ...(renewal.certificateId === null ? {} : { certificateId: renewal.certificateId }),
    ...(renewal.jobId === null ? {} : { jobId: renewal.jobId }),
  };
}

export function previousOf(renewal: Renewal): OrderHandle | undefined {
  if (renewal.previousCertificateId === null) return undefined;
  return {
    certificateId: renewal.previousCertificateId,
    ...(renewal.previousOrderId === null ? {} : { orderId: renewal.previousOrderId }),
  };
}

/** Providers stamp creation by their own clocks. */
const clockSkewMs = 10 * minuteMs;

/** What tells the order of this renewal from all others when its ids are not known, or lead nowhere. */
export function findQuery(renewal: Renewal): FindQuery {
  const previous = previousOf(renewal);
  const intendedAt = renewal.orderedAt ?? renewal.createdAt;
  return {
    reference: renewal.reference,
    spkiSha256: renewal.spkiSha256 ?? '',
    names: renewal.names,
    product: renewal.product,
    since: new Date(intendedAt.getTime() - clockSkewMs),
    ...(previous === undefined ? {} : { previous }),
  };
}

export function orderActionOf(renewal: Renewal): OrderAction {
  if (renewal.action === 'deploy') {
    throw new RenewdError('internal', 'a renewal that only deploys was about to place an order');
  }
  return renewal.action;
}

function isPrepared(value: unknown): value is PreparedValidation {
  if (typeof value !== 'object' || value === null || !('challenges' in value) || !('token' in value))
    return false;
  return Array.isArray(value.challenges) && typeof value.token === 'object' && value.token !== null;
}

/** What `prepare` answered, as this program stored it. Throws RenewdError `internal` for anything else. */
export function preparedOf({ prepared }: Renewal): PreparedValidation | undefined {
  if (prepared === null) return undefined;
  const value: unknown = JSON.parse(prepared);
  if (isPrepared(value)) return value;
  throw new RenewdError('internal', 'the stored preparation of the order cannot be read');
}

/** Throws RenewdError `internal` when the renewal has no CSR yet, unless the provider is to make the key. */
export function orderRequest(renewal: Renewal, managed: ManagedCertificate): OrderRequest {
  const { key } = managed;
  if (renewal.csrPem === null && key.madeBy !== 'provider')
    throw new RenewdError('internal', 'an order was about to be placed without a CSR');
  const previous = previousOf(renewal);
  const prepared = preparedOf(renewal);
  return {
    action: orderActionOf(renewal),
    reference: renewal.reference,
    names: renewal.names,
    product: renewal.product,
    csrPem: renewal.csrPem ?? '',
    ...(renewal.csrPem === null ? { vendorKey: { type: key.type } } : {}),
    dcv: {
      method: managed.dcv.method,
      record: managed.dcv.record,
      ...(managed.dcv.approver === undefined ? {} : { approver: managed.dcv.approver }),
    },
    ...(previous === undefined ? {} : { previous }),
    ...(prepared === undefined ? {} : { prepared }),
    options: managed.order,
  };
}

/** What an answer tells about the order itself. Ids in answers replace ours; what is absent stays. */
export function absorb(reading: OrderReading): RenewalPatch {
  const { handle } = reading;
  return {
    ...(handle.orderId === undefined ? {} : { orderId: handle.orderId }),
    ...(handle.certificateId === undefined ? {} : { certificateId: handle.certificateId }),
    ...(handle.jobId === undefined ? {} : { jobId: handle.jobId }),
    ...(reading.paidUntil === undefined ? {} : { paidUntil: reading.paidUntil }),
    ...(reading.price === undefined ? {} : { price: reading.price }),
  };
}
