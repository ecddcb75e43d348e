/** What a failed zone task means for the operator: one sentence with server, zone and record. */
import { RenewdError, type ErrorKind } from '../../core/errors.ts';

export interface ChangePlace {
  readonly publisher: string;
  readonly server: string;
  /** Undefined while the zone is looked for. */
  readonly zone: string | undefined;
  readonly recordName: string;
}

/** Kinds that say of themselves what is to be done; everything else is a failed publication. */
const keptKinds: readonly ErrorKind[] = ['authentication', 'configuration', 'unavailable', 'dcv-failed'];

/** As `dcv-publish-failed`; errors that are none of the vendor's answers are thrown as they are. */
export function failedChange(thrown: unknown, place: ChangePlace): unknown {
  if (!(thrown instanceof RenewdError)) return thrown;
  if (thrown.code === 'dcv-publish-failed' || thrown.code === 'dcv-no-publisher') return thrown;
  const { server, zone, recordName } = place;
  const where = zone === undefined ? '' : ` in zone ${zone}`;
  return new RenewdError(
    'dcv-publish-failed',
    `${recordName}${where} cannot be changed at AutoDNS (${server}): ${thrown.message}`,
    { kind: kindOf(thrown.kind), ...retryOf(thrown), cause: thrown, fields: fieldsOf(place) },
  );
}

function kindOf(kind: ErrorKind): ErrorKind {
  if (kind === 'rate-limited') return 'unavailable';
  return keptKinds.includes(kind) ? kind : 'dcv-failed';
}

function retryOf({ retryAfterMs }: RenewdError): { readonly retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

export function noZone(place: ChangePlace, looked: readonly string[]): RenewdError {
  const { server, recordName } = place;
  const message = `the account at AutoDNS (${server}) has no zone for ${recordName} (looked for ${looked.join(', ')}); correct \`zones\`, or use the account that has it`;
  return new RenewdError('dcv-publish-failed', message, { kind: 'configuration', fields: fieldsOf(place) });
}

function fieldsOf({ publisher, server, zone, recordName }: ChangePlace): Record<string, string | undefined> {
  return { publisher, server, zone, recordName };
}
