/** What a failure of the API means for a proof: one of the kinds that the publisher contract knows, with the place. */
import { RenewdError, type ErrorKind } from '../../core/errors.ts';

/** What a message and its fields name. */
export interface Place {
  readonly server: string;
  readonly publisher: string;
  readonly recordName: string;
}

const kinds: Readonly<Partial<Record<ErrorKind, ErrorKind>>> = {
  authentication: 'authentication',
  configuration: 'configuration',
  unavailable: 'unavailable',
  'rate-limited': 'unavailable',
  'outcome-unknown': 'unavailable',
};

/** What is a failure of a proof already stays as it is; a bug stays a bug. */
export function failureOf(thrown: unknown, place: Place): unknown {
  if (!(thrown instanceof RenewdError) || thrown.code.startsWith('dcv-') || thrown.kind === 'invariant') {
    return thrown;
  }
  const { recordName, server } = place;
  return new RenewdError(
    'dcv-publish-failed',
    `${recordName} cannot be changed at ${server}: ${thrown.message}`,
    {
      kind: kinds[thrown.kind] ?? 'dcv-failed',
      cause: thrown,
      fields: { ...thrown.fields, ...place },
      ...(thrown.retryAfterMs === undefined ? {} : { retryAfterMs: thrown.retryAfterMs }),
    },
  );
}
