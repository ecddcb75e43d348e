/** Result codes of the command protocol as errors of ours: what a row of a vendor's table says, and the families. */
import type { ErrorCode } from '../../core/error-table.ts';

export interface CodeRow {
  readonly meaning: string;
  readonly code: ErrorCode;
  /** True when the code does not say that nothing was done: temporary failures on the way, and cut connections. */
  readonly ambiguous: boolean;
  /** How long all requests of the account rest. */
  readonly pauseMs?: number;
}

export function passing(
  meaning: string,
  code: ErrorCode = 'provider-unavailable',
  pauseMs?: number,
): CodeRow {
  return { meaning, code, ambiguous: true, ...(pauseMs === undefined ? {} : { pauseMs }) };
}

export function refused(meaning: string, code: ErrorCode = 'provider-rejected'): CodeRow {
  return { meaning, code, ambiguous: false };
}

/** The families hold for codes that no list has (4xx passing, 5xx permanent), but money is not staked on it. */
export function undocumented(resultCode: number): CodeRow {
  const code: ErrorCode =
    resultCode >= 500 && resultCode < 600
      ? 'provider-rejected'
      : resultCode >= 400 && resultCode < 500
        ? 'provider-unavailable'
        : 'provider-protocol';
  return { meaning: 'undocumented result code', code, ambiguous: true };
}

export function isSuccess(resultCode: number | undefined): boolean {
  return resultCode !== undefined && resultCode >= 200 && resultCode < 300;
}
