/** What a name server's refusal means for the operator: one sentence with server, zone and key, and what to do. */
import { RenewdError, type ErrorKind } from '../../core/errors.ts';
import { rcodeName, rcodes } from '../../dns/codes.ts';
import type { TsigVerdict } from '../../dns/tsig.ts';

/** Where an update went. */
export interface UpdatePlace {
  /** "192.0.2.53:53" */
  readonly server: string;
  readonly zone: string;
  readonly keyName: string;
  readonly algorithm: string;
  readonly recordName: string;
}

function failure(kind: ErrorKind, message: string, place: UpdatePlace): RenewdError {
  const { server, zone, keyName, recordName } = place;
  return new RenewdError('dcv-publish-failed', message, {
    kind,
    fields: { server, zone, key: keyName, recordName },
  });
}

interface Meaning {
  readonly kind: ErrorKind;
  readonly text: (place: UpdatePlace) => string;
}

/** RFC 2136 §2.2, by what usually lies behind it. */
const meanings: ReadonlyMap<number, Meaning> = new Map([
  [
    rcodes.REFUSED,
    {
      kind: 'authentication',
      text: ({ server, zone, keyName, recordName }) =>
        `DNS server ${server} refuses to let key "${keyName}" change ${recordName} in zone ${zone}; grant it that name and type (BIND: update-policy or allow-update)`,
    },
  ],
  [
    rcodes.NOTAUTH,
    {
      kind: 'configuration',
      text: ({ server, zone }) =>
        `DNS server ${server} is not authoritative for zone ${zone}; name the primary server of the zone, and the zone as that server knows it`,
    },
  ],
  [
    rcodes.NOTZONE,
    {
      kind: 'configuration',
      text: ({ server, zone, recordName }) =>
        `DNS server ${server} says that ${recordName} is not in zone ${zone}; correct the publisher's zones`,
    },
  ],
  [
    rcodes.NOTIMP,
    {
      kind: 'configuration',
      text: ({ server }) =>
        `DNS server ${server} does not accept DNS updates; enable them, or name another server`,
    },
  ],
  [
    rcodes.FORMERR,
    {
      kind: 'dcv-failed',
      text: ({ server, zone }) => `DNS server ${server} does not understand the update of zone ${zone}`,
    },
  ],
  [
    rcodes.SERVFAIL,
    {
      kind: 'unavailable',
      text: ({ server, zone }) =>
        `DNS server ${server} failed to update zone ${zone}; its log says why (often: it cannot write its journal)`,
    },
  ],
]);

/** `signed`: whether the answer carried a signature that is right. */
export function refusedUpdate(rcode: number, signed: boolean, place: UpdatePlace): RenewdError {
  const meaning = meanings.get(rcode);
  const text =
    meaning?.text(place) ??
    `DNS server ${place.server} answers ${rcodeName(rcode)} to the update of ${place.recordName} in zone ${place.zone}`;
  const note = signed ? '' : '; the answer was not signed';
  return failure(meaning?.kind ?? 'dcv-failed', `${text} (${rcodeName(rcode)}${note})`, place);
}

function clockText(serverTime: Date, now: Date, { server, keyName }: UpdatePlace): string {
  const seconds = Math.round((now.getTime() - serverTime.getTime()) / 1000);
  const side = seconds >= 0 ? 'ahead of' : 'behind';
  return `the clock of this host is ${Math.abs(seconds)} s ${side} that of DNS server ${server}, which is too much for TSIG key "${keyName}"; set both clocks by NTP (BADTIME)`;
}

type Distrust = Exclude<TsigVerdict, { kind: 'verified' | 'unsigned' }>;

function distrustText(verdict: Distrust, now: Date, place: UpdatePlace): string {
  const { server, keyName, algorithm } = place;
  if (verdict.kind === 'key-refused') {
    return `DNS server ${server} does not know the TSIG key "${keyName}" with ${algorithm}; compare name and algorithm with the server's configuration (BADKEY)`;
  }
  if (verdict.kind === 'signature-refused') {
    return `DNS server ${server} says that the signature of TSIG key "${keyName}" is wrong; the secret differs from the server's (BADSIG)`;
  }
  if (verdict.kind === 'time-refused') return clockText(verdict.serverTime, now, place);
  return `the answer of DNS server ${server} is not properly signed with TSIG key "${keyName}": ${verdict.reason}; whether the update was applied is unknown`;
}

/** For every verdict but a good signature and a missing one. */
export function untrustedAnswer(verdict: Distrust, now: Date, place: UpdatePlace): RenewdError {
  return failure('authentication', distrustText(verdict, now, place), place);
}

export function unsignedAgreement(place: UpdatePlace): RenewdError {
  const { server, keyName } = place;
  const message = `DNS server ${server} agrees to an update signed with TSIG key "${keyName}" without signing its answer; something else may have answered in its place`;
  return failure('authentication', message, place);
}

export function unreachableServer(cause: RenewdError, place: UpdatePlace): RenewdError {
  const { server, zone, keyName, recordName } = place;
  const message = `${recordName} in zone ${zone} cannot be updated: ${cause.message}`;
  return new RenewdError('dcv-publish-failed', message, {
    kind: cause.kind,
    cause,
    fields: { server, zone, key: keyName, recordName },
  });
}

/** The name holds something that cannot stand beside our record (RFC 1034 §3.6.2). */
export function occupiedName(what: string, place: UpdatePlace): RenewdError {
  const { server, zone, recordName } = place;
  const message = `${what} at ${recordName} in zone ${zone} on DNS server ${server}; remove what is there, nothing was changed`;
  return failure('dcv-failed', message, place);
}
