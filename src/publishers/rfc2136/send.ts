/** One signed update to the zone's primary, and its answer believed only when it is signed, too. */
import type { Clock } from '../../contracts/platform.ts';
import { RenewdError } from '../../core/errors.ts';
import { rcodes } from '../../dns/codes.ts';
import { exchange, type Answer } from '../../dns/exchange.ts';
import { randomMessageId } from '../../dns/query.ts';
import { resolveServer, showServer, type ServerAddress } from '../../dns/server-address.ts';
import { signMessage, verifyAnswer, type SignedMessage, type TsigKey } from '../../dns/tsig.ts';
import { encodeUpdate, type Update } from '../../dns/update.ts';
import {
  refusedUpdate,
  unreachableServer,
  unsignedAgreement,
  untrustedAnswer,
  type UpdatePlace,
} from './failures.ts';

export interface UpdateSender {
  readonly server: ServerAddress;
  readonly key: TsigKey;
  /** Milliseconds for one exchange. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** The first address that answers. Adding or removing one value twice is harmless, so a lost answer may be asked for anew. */
async function askAny(
  sender: UpdateSender,
  signed: SignedMessage,
  place: UpdatePlace,
  signal: AbortSignal,
): Promise<Answer> {
  let last: unknown;
  try {
    for (const address of await resolveServer(sender.server, signal)) {
      try {
        return await exchange(address, signed.bytes, { timeoutMs: sender.timeoutMs, signal });
      } catch (error) {
        signal.throwIfAborted();
        last = error;
      }
    }
  } catch (error) {
    last = error;
  }
  signal.throwIfAborted();
  throw last instanceof RenewdError ? unreachableServer(last, place) : last;
}

/**
 * Resolves with the rcode when the answer is signed and the rcode is NOERROR or in `expected`.
 * Rejects with RenewdError `dcv-publish-failed` for everything else, or with the signal's reason.
 */
export async function sendUpdate(
  sender: UpdateSender,
  update: Update,
  recordName: string,
  expected: readonly number[],
  signal: AbortSignal,
): Promise<number> {
  const { key, clock } = sender;
  const place: UpdatePlace = {
    server: showServer(sender.server),
    zone: update.zone,
    keyName: key.name,
    algorithm: key.algorithm,
    recordName,
  };
  const signed = signMessage(encodeUpdate(randomMessageId(), update), key, clock.now());
  const { message, bytes } = await askAny(sender, signed, place, signal);
  const { rcode } = message.header;
  const now = clock.now();
  const verdict = verifyAnswer(bytes, key, signed.mac, now);
  if (verdict.kind === 'unsigned') {
    throw rcode === rcodes.NOERROR ? unsignedAgreement(place) : refusedUpdate(rcode, false, place);
  }
  if (verdict.kind !== 'verified') throw untrustedAnswer(verdict, now, place);
  if (rcode === rcodes.NOERROR || expected.includes(rcode)) return rcode;
  throw refusedUpdate(rcode, true, place);
}
