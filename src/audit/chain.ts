/** Recomputes the chain of receipts from the first one. Pure: rows in, the first break out. */
import { RenewdError } from '../core/errors.ts';
import { receiptFormat, receiptHash, type Receipt, type SealedReceipt } from '../core/receipt.ts';
import type { ChainBreak } from './report.ts';

export interface ChainCheck {
  /** Takes the next row; returns what it says, or what is wrong with it. After a break nothing more may be given. */
  next(row: SealedReceipt): { readonly receipt: Receipt } | { readonly break: ChainBreak };
}

export function createChainCheck(): ChainCheck {
  let place = 0;
  let previous: string | null = null;

  return {
    next(row) {
      place += 1;
      const wrong = (
        differs: ChainBreak['differs'],
        expected: string,
        found: string,
        text: string,
      ): { readonly break: ChainBreak } => ({ break: { place, differs, expected, found, text } });

      const actual = receiptHash(row.content);
      if (actual !== row.hash) {
        return wrong(
          'hash',
          row.hash,
          actual,
          `receipt ${place} does not have the hash that is stored with it`,
        );
      }
      const receipt = parsed(row.content);
      if (receipt === undefined) {
        return wrong(
          'format',
          receiptFormat,
          'something else',
          `receipt ${place} is not in the form of a receipt`,
        );
      }
      const numbers = `${row.sequence} and ${receipt.sequence}`;
      if (row.sequence !== place || receipt.sequence !== place) {
        const text = `in place ${place} stands receipt ${numbers}: one was removed, added or moved`;
        return wrong('number', String(place), numbers, text);
      }
      if (receipt.previous !== previous) {
        const text = `receipt ${place} does not follow receipt ${place - 1}: it names another hash as the one before`;
        return wrong('previous', String(previous), String(receipt.previous), text);
      }
      if (row.certificate !== receipt.certificate) {
        const text = `receipt ${place} is filed under another certificate`;
        return wrong('certificate', receipt.certificate, row.certificate, text);
      }
      if (row.renewalId !== receipt.renewal.id) {
        const text = `receipt ${place} is filed under another renewal`;
        return wrong('renewal', receipt.renewal.id, row.renewalId, text);
      }
      previous = row.hash;
      return { receipt };
    },
  };
}

/** Throws RenewdError `store-failed` for one that is not in the form of a receipt; says nothing about its hash. */
export function readReceipt({ sequence, content }: SealedReceipt): Receipt {
  const receipt = parsed(content);
  if (receipt !== undefined) return receipt;
  throw new RenewdError('store-failed', `receipt ${sequence} is not in the form of a receipt`);
}

/** Its form is ours once the hash is right; what is looked at here keeps a foreign one from being taken for it. */
function parsed(content: string): Receipt | undefined {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return undefined;
  }
  return isReceipt(value) ? value : undefined;
}

function isReceipt(value: unknown): value is Receipt {
  if (!isRecord(value) || value['format'] !== receiptFormat) return false;
  const { sequence, previous, at, certificate, renewal, leaf, keyId, deployments, ledger } = value;
  return (
    typeof sequence === 'number' &&
    (previous === null || typeof previous === 'string') &&
    typeof at === 'string' &&
    typeof certificate === 'string' &&
    (keyId === null || typeof keyId === 'string') &&
    hasTexts(renewal, ['id', 'action', 'reason']) &&
    hasTexts(leaf, ['serial', 'fingerprint256', 'spkiSha256', 'notAfter']) &&
    Array.isArray(deployments) &&
    deployments.every(isDeployment) &&
    hasTexts(ledger, ['sha256']) &&
    typeof ledger['entries'] === 'number' &&
    typeof ledger['through'] === 'number'
  );
}

function isDeployment(value: unknown): boolean {
  if (!hasTexts(value, ['directory'])) return false;
  const { set, files, endpoints } = value;
  return (
    (set === null || typeof set === 'string') &&
    Array.isArray(files) &&
    files.every((file) => hasTexts(file, ['name'])) &&
    Array.isArray(endpoints)
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasTexts(value: unknown, names: readonly string[]): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && names.every((name) => typeof value[name] === 'string');
}
