/**
 * A receipt: what is known for good about one renewal that reached `served`. Receipts of all certificates form one chain:
 * each holds its number and the hash of the one before, so that none can be changed, removed, moved or added without every
 * later hash changing too. Whoever keeps the newest hash elsewhere also notices when the newest receipts are cut off.
 *
 * Form: canonical JSON (canonical-json.ts), one line. The hash is SHA-256 over that line and its line feed: exactly the
 * bytes of a file that holds it, so that `sha256sum` alone can check it.
 */
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Money } from './money.ts';
import type { RenewalAction } from './renewal.ts';

/** Changes with the meaning of any member. */
export const receiptFormat = 'renewd-receipt-1';

/** What lay in one file of a deployed set. Both null: it was not there, unless `unreadable` says otherwise. */
export interface FileProof {
  readonly name: string;
  /** SHA-256 of the content without private keys, lower-case hex. Of a file that holds nothing else: of nothing. */
  readonly sha256: string | null;
  /**
   * SHA-256 over the SubjectPublicKeyInfo of the private key in it, which worked when it was looked at; null when there is
   * none. Never a hash of the key itself: a receipt is handed to others, and nothing in it shall be made from a secret.
   */
  readonly keySpkiSha256: string | null;
  /** It could not be read at the time: the receipt says nothing about it, and an audit can only warn of that. */
  readonly unreadable?: true;
}

export interface ReceiptEndpoint {
  /** "shop.example.com:443" */
  readonly endpoint: string;
  readonly address: string;
  /** SHA-256 of the leaf that it served. */
  readonly fingerprint256: string;
  /** When the look that saw it ended. */
  readonly at: string;
}

export interface ReceiptDeployment {
  readonly directory: string;
  /** Name of the set that was current; null: there was none. */
  readonly set: string | null;
  readonly files: readonly FileProof[];
  /** Empty: none is configured, nobody looked. */
  readonly endpoints: readonly ReceiptEndpoint[];
}

/** How control of one name was shown. */
export interface ReceiptChallenge {
  readonly identifier: string;
  readonly kind: 'dns' | 'file' | 'email';
  /** "_dnsauth.example.com TXT", "http://example.com/.well-known/…", or the addresses asked. */
  readonly place: string;
  /** DNS: the record's value. File: SHA-256 of its content. E-mail: null. */
  readonly value: string | null;
  /** Name of the publisher that put it there; null: nobody did. */
  readonly publisher: string | null;
  /** DNS: when every authoritative server showed it to us; null: never seen complete. */
  readonly seenAt: string | null;
  /** File: since when it was in place. We do not look at it over the network before the CA does. */
  readonly readyAt: string | null;
}

/** A person's word in it. */
export interface ReceiptWord {
  readonly at: string;
  readonly by: string;
  /** As in the history. */
  readonly text: string;
}

/** Everything but the place in the chain. Moments are ISO 8601 in UTC, hashes and serial numbers lower-case hex. */
export interface ReceiptContent {
  /** When the renewal was seen to be served. */
  readonly at: string;
  readonly certificate: string;
  readonly renewal: {
    readonly id: string;
    readonly action: RenewalAction;
    readonly reason: string;
    readonly sentence: string;
    readonly begunAt: string;
    /** Begun because a person asked. */
    readonly forced: boolean;
    readonly words: readonly ReceiptWord[];
  };
  readonly order: {
    readonly provider: string;
    readonly product: string;
    /** Ours, as it was given to the provider. */
    readonly reference: string;
    readonly orderId: string | null;
    readonly certificateId: string | null;
    readonly jobId: string | null;
    /** Null for a redeployment, which orders nothing. */
    readonly orderedAt: string | null;
    readonly paidUntil: string | null;
    /** Null: nothing is charged, or (not free) the provider does not say. */
    readonly price: Money | null;
    readonly free: boolean;
  };
  readonly leaf: {
    readonly serial: string;
    readonly fingerprint256: string;
    readonly spkiSha256: string;
    readonly names: readonly string[];
    readonly issuer: string;
    readonly notBefore: string;
    readonly notAfter: string;
  };
  /** Name of the key's file in the key directory, without ".pem". */
  readonly keyId: string | null;
  readonly validation: { readonly method: string; readonly challenges: readonly ReceiptChallenge[] };
  readonly deployments: readonly ReceiptDeployment[];
  /** Of the history of this renewal up to entry `through`: so many entries, and their digest (ledger-digest.ts). */
  readonly ledger: { readonly entries: number; readonly through: number; readonly sha256: string };
}

export interface Receipt extends ReceiptContent {
  readonly format: typeof receiptFormat;
  /** From 1, without gaps, over all certificates. */
  readonly sequence: number;
  /** Hash of the receipt before; null in the first. */
  readonly previous: string | null;
}

/** As it is stored. */
export interface SealedReceipt {
  readonly sequence: number;
  readonly certificate: string;
  readonly renewalId: string;
  /** Canonical JSON of a Receipt, without the line feed. */
  readonly content: string;
  readonly hash: string;
}

/** Lower-case hex. */
export function receiptHash(content: string): string {
  return hash('sha256', `${content}\n`, 'hex');
}

/** Gives a receipt its place after `previous`. */
export function sealReceipt(
  content: ReceiptContent,
  previous: Pick<SealedReceipt, 'sequence' | 'hash'> | undefined,
): SealedReceipt {
  const receipt: Receipt = {
    ...content,
    format: receiptFormat,
    sequence: (previous?.sequence ?? 0) + 1,
    previous: previous?.hash ?? null,
  };
  const text = canonicalJson(receipt);
  return {
    sequence: receipt.sequence,
    certificate: content.certificate,
    renewalId: content.renewal.id,
    content: text,
    hash: receiptHash(text),
  };
}
