/** What orders have in common wherever the text protocol is spoken. */
import type { OrderHandle, OrderReading } from '../../contracts/order.ts';
import { RenewdError } from '../../core/errors.ts';

export interface ReadingResult {
  readonly reading: OrderReading;
  /** Instructions that must not be followed; they are not in the reading. */
  readonly refused: readonly string[];
}

/**
 * The answer to a command that ordered something, once the provider said that it took it: from here on nothing may look
 * like a refusal, so what cannot be read is `provider-outcome-unknown`.
 */
export function readAccepted<Answer>(what: 'order' | 'reissue', read: () => Answer): Answer {
  try {
    return read();
  } catch (thrown) {
    const message = `the ${what} was taken, but its answer cannot be trusted`;
    throw new RenewdError('provider-outcome-unknown', message, { cause: thrown });
  }
}

/** The id that a command needs. Throws `provider-object-missing`. */
export function certificateOf(handle: OrderHandle | undefined, command: string): string {
  if (handle?.certificateId !== undefined) return handle.certificateId;
  throw noId(command);
}

export function noId(command: string): RenewdError {
  return new RenewdError(
    'provider-object-missing',
    `${command}: the certificate has no known id at the provider`,
  );
}
