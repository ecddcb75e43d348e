/** A renewal as a row of table renewals, and back. */
import {
  renewalStates,
  type Renewal,
  type RenewalAction,
  type StoredFailure,
  type WaitForPerson,
} from '../../core/renewal.ts';
import type { Money } from '../../core/money.ts';
import type { Row } from './connection.ts';
import { RowReader } from './row-reader.ts';
import { checkSize, exactJson, flag, moment, momentOrNull, type Values } from './values.ts';

/** Written once. */
const fixedColumns = ['id', 'certificate', 'action', 'reference', 'created_at'] as const;

/** Written by every change. */
export const changingColumns = [
  'reason',
  'sentence',
  'state',
  'revision',
  'updated_at',
  'next_at',
  'attempts',
  'failure_code',
  'failure_kind',
  'failure_message',
  'failure_at',
  'provider',
  'product',
  'names',
  'dcv_method',
  'key_id',
  'csr_pem',
  'spki_sha256',
  'previous_order_id',
  'previous_certificate_id',
  'order_id',
  'certificate_id',
  'job_id',
  'prepared',
  'paid_until',
  'price_hundredths',
  'price_currency',
  'ordered_at',
  'leaf_pem',
  'chain_pem',
  'fingerprint256',
  'not_before',
  'not_after',
  'forced',
  'waits_for',
  'waits_since',
  'discard',
] as const;

export const renewalColumns = [...fixedColumns, ...changingColumns] as const;

export const actions: readonly RenewalAction[] = ['create', 'reissue', 'renew', 'deploy'];

export function changingValues(renewal: Renewal): Values<(typeof changingColumns)[number]> {
  if (renewal.prepared !== null) checkSize('the prepared validation', renewal.prepared);
  return {
    reason: renewal.reason,
    sentence: renewal.sentence,
    state: renewal.state,
    revision: renewal.revision,
    updated_at: moment(renewal.updatedAt),
    next_at: momentOrNull(renewal.nextAt),
    attempts: renewal.attempts,
    failure_code: renewal.failure?.code ?? null,
    failure_kind: renewal.failure?.kind ?? null,
    failure_message: renewal.failure?.message ?? null,
    failure_at: momentOrNull(renewal.failure?.at ?? null),
    provider: renewal.provider,
    product: renewal.product,
    names: exactJson('the list of names', renewal.names),
    dcv_method: renewal.dcvMethod,
    key_id: renewal.keyId,
    csr_pem: renewal.csrPem,
    spki_sha256: renewal.spkiSha256,
    previous_order_id: renewal.previousOrderId,
    previous_certificate_id: renewal.previousCertificateId,
    order_id: renewal.orderId,
    certificate_id: renewal.certificateId,
    job_id: renewal.jobId,
    prepared: renewal.prepared,
    paid_until: momentOrNull(renewal.paidUntil),
    price_hundredths: renewal.price?.hundredths ?? null,
    price_currency: renewal.price?.currency ?? null,
    ordered_at: momentOrNull(renewal.orderedAt),
    leaf_pem: renewal.leafPem,
    chain_pem: renewal.chainPem,
    fingerprint256: renewal.fingerprint256,
    not_before: momentOrNull(renewal.notBefore),
    not_after: momentOrNull(renewal.notAfter),
    forced: flag(renewal.forced),
    waits_for: renewal.waitsFor?.text ?? null,
    waits_since: momentOrNull(renewal.waitsFor?.since ?? null),
    discard: renewal.discard,
  };
}

export function renewalValues(renewal: Renewal): Values<(typeof renewalColumns)[number]> {
  return {
    id: renewal.id,
    certificate: renewal.certificate,
    action: renewal.action,
    reference: renewal.reference,
    created_at: moment(renewal.createdAt),
    ...changingValues(renewal),
  };
}

export function toRenewal(row: Row): Renewal {
  const reader = new RowReader('renewals', 'id', row);
  return {
    id: reader.text('id'),
    certificate: reader.text('certificate'),
    action: reader.oneOf('action', actions),
    reason: reader.text('reason'),
    sentence: reader.text('sentence'),
    state: reader.oneOf('state', renewalStates),
    revision: reader.integer('revision'),
    createdAt: reader.date('created_at'),
    updatedAt: reader.date('updated_at'),
    nextAt: reader.dateOrNull('next_at'),
    attempts: reader.integer('attempts'),
    failure: readFailure(reader),
    provider: reader.text('provider'),
    product: reader.text('product'),
    names: reader.strings('names'),
    dcvMethod: reader.text('dcv_method'),
    reference: reader.text('reference'),
    keyId: reader.textOrNull('key_id'),
    csrPem: reader.textOrNull('csr_pem'),
    spkiSha256: reader.textOrNull('spki_sha256'),
    previousOrderId: reader.textOrNull('previous_order_id'),
    previousCertificateId: reader.textOrNull('previous_certificate_id'),
    orderId: reader.textOrNull('order_id'),
    certificateId: reader.textOrNull('certificate_id'),
    jobId: reader.textOrNull('job_id'),
    prepared: reader.textOrNull('prepared'),
    paidUntil: reader.dateOrNull('paid_until'),
    price: readMoney(reader, 'price'),
    orderedAt: reader.dateOrNull('ordered_at'),
    leafPem: reader.textOrNull('leaf_pem'),
    chainPem: reader.textOrNull('chain_pem'),
    fingerprint256: reader.textOrNull('fingerprint256'),
    notBefore: reader.dateOrNull('not_before'),
    notAfter: reader.dateOrNull('not_after'),
    forced: reader.boolean('forced'),
    waitsFor: readWait(reader),
    discard: reader.textOrNull('discard') === null ? null : reader.oneOf('discard', discards),
  };
}

const discards = ['due', 'done'] as const;

function readWait(reader: RowReader): WaitForPerson | null {
  const text = reader.textOrNull('waits_for');
  return text === null ? null : { text, since: reader.date('waits_since') };
}

function readFailure(reader: RowReader): StoredFailure | null {
  const code = reader.textOrNull('failure_code');
  if (code === null) return null;
  return {
    code,
    kind: reader.text('failure_kind'),
    message: reader.text('failure_message'),
    at: reader.date('failure_at'),
  };
}

/** The pair of columns `<prefix>_hundredths` and `<prefix>_currency`. */
export function readMoney(reader: RowReader, prefix: string): Money | null {
  const currency = reader.textOrNull(`${prefix}_currency`);
  return currency === null ? null : { hundredths: reader.integer(`${prefix}_hundredths`), currency };
}
