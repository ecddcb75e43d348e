/**
 * Provider data is hostile until checked: a challenge may only touch names of this certificate, and only in ways that
 * proofs of control use. Anything else could redirect somebody's mail or web site by our own hand. Pure.
 */
import type { Challenge, DnsChallenge, FileChallenge } from '../../core/challenge.ts';
import { RenewdError } from '../../core/errors.ts';

const maxValueLength = 2048;
/** A name and its `www.`, each proved in as many ways as any CA knows, twice: more is no honest question. */
const challengesPerName = 16;
/** A label no person would have chosen for a host: proofs put an underscore label or 32 random characters in front of a name. */
const proofLabel = /^(_[a-z0-9-]{1,62}|[a-z0-9]{32,63})$/;
/**
 * Underscore labels that others look up (RFC 8552 registry, and mail, service and account conventions): a record there
 * would publish a DKIM key, move a mail policy or a TLSA record, or claim an account.
 */
const takenLabels: ReadonlySet<string> = new Set(
  [
    '_tcp _udp _sctp _dccp _tls _smtp _mta-sts _dmarc _domainkey _report _spf',
    '_adsp _atps _vouch _bimi _dnslink _atproto _psl _ta _nsec _openpgpkey _smimecert',
    '_validation-persist _validation-contactemail _validation-contactphone',
  ].flatMap((row) => row.split(' ')),
);
const portLabel = /^_\d{1,5}$/;
/** A CNAME here would hand over proofs to ACME CAs for as long as it stands. */
const delegatingLabel = '_acme-challenge';
/**
 * TXT values with a meaning of their own: mail policies (RFC 7208, and RFC 4406 before it), keys, claims of ownership
 * towards others than a CA. None is a word that a random token can begin with.
 */
const meaningfulText =
  /^\s*([vkp]\s*=|google-site|ms=|spf2\.0|did=|(?!_)[a-z0-9-]+-(site|domain)-verification\s*[=:])/i;

/** `name` without its wildcard and every parent of at least two labels: where control of it may be proved. */
function bases(name: string): readonly string[] {
  const labels = name.replace(/^\*\./, '').split('.');
  return labels.slice(0, Math.max(labels.length - 1, 1)).map((_, index) => labels.slice(index).join('.'));
}

function refuse(what: string, challenge: Challenge): RenewdError {
  // It goes into the history and onto terminals.
  const shown = what.replace(/[^\x20-\x7e]/g, '?');
  return new RenewdError('dcv-unsafe', `the provider asks for ${shown}; nothing was published`, {
    fields: { identifier: challenge.identifier },
  });
}

function checkDns(
  challenge: DnsChallenge,
  names: readonly string[],
  ownLabel: RegExp | undefined,
): RenewdError | undefined {
  const { recordName, recordType, value } = challenge;
  // Shorter than a proof should be, so only where a CNAME stands: beside anything else DNS has no room for one.
  const isOwnLabel = (part: string): boolean => recordType === 'CNAME' && ownLabel?.test(part) === true;
  const label = `a ${recordType} record at "${recordName.slice(0, 255)}"`;
  const base = names
    .flatMap((name) => bases(name))
    .filter((candidate) => recordName === candidate || recordName.endsWith(`.${candidate}`))
    .reduce<string | undefined>(
      (best, candidate) => (best === undefined || candidate.length > best.length ? candidate : best),
      undefined,
    );
  if (base === undefined || !/^[a-z0-9._*-]{1,253}$/.test(recordName) || recordName.includes('*')) {
    return refuse(`${label}, which is outside the certificate's names`, challenge);
  }
  const extra = recordName === base ? [] : recordName.slice(0, -base.length - 1).split('.');
  if (extra.length > 2 || !extra.every((part) => proofLabel.test(part) || isOwnLabel(part))) {
    return refuse(`${label}, which looks like a host and not like a proof`, challenge);
  }
  if (extra.some((part) => takenLabels.has(part) || portLabel.test(part))) {
    return refuse(`${label}, where others look for something else`, challenge);
  }
  if (value.length === 0 || value.length > maxValueLength || /[^\x20-\x7e]/.test(value)) {
    return refuse(`${label} with an unprintable, empty or oversized value`, challenge);
  }
  if (recordType === 'TXT') {
    return meaningfulText.test(value)
      ? refuse(`${label} with a value that means something else`, challenge)
      : undefined;
  }
  if (extra.length === 0) return refuse(`${label}, in place of the name itself`, challenge);
  if (extra.includes(delegatingLabel))
    return refuse(`${label}, which would hand over later proofs`, challenge);
  return /^[a-z0-9_.-]{3,253}$/i.test(value)
    ? undefined
    : refuse(`${label} with a target that is no name`, challenge);
}

/** Where CAs look: the well-known folder, and the root for HEXONET's older form of 32 hexadecimal digits. */
const filePath =
  /^\/(\.well-known\/(pki-validation|acme-challenge)\/[A-Za-z0-9][A-Za-z0-9._-]{0,127}|[A-Fa-f0-9]{32}\.txt)$/;

function checkFile(
  challenge: FileChallenge,
  names: readonly string[],
  ownLabel: RegExp | undefined,
): RenewdError | undefined {
  const own = /^\/([a-z0-9]{1,63})\.txt$/.exec(challenge.path)?.[1];
  const isOwn = own !== undefined && ownLabel?.test(own) === true;
  const { host, path, content } = challenge;
  if (!names.flatMap((name) => bases(name)).includes(host)) {
    return refuse(`a file on "${host.slice(0, 255)}", which is none of the certificate's names`, challenge);
  }
  if (!(filePath.test(path) || isOwn) || path.includes('..')) {
    return refuse(`a file at "${path.slice(0, 255)}", outside the permitted places`, challenge);
  }
  if (content.length === 0 || content.length > 64 * 1024 || /[^\x20-\x7e\r\n\t]/.test(content)) {
    return refuse('a file with unprintable, empty or oversized content', challenge);
  }
  return undefined;
}

/** Undefined when so many challenges can be meant for these names, else RenewdError `dcv-unsafe`. */
export function checkCount(
  challenges: readonly Challenge[],
  names: readonly string[],
): RenewdError | undefined {
  const [first] = challenges;
  if (first === undefined || challenges.length <= challengesPerName * names.length) return undefined;
  return refuse(`${challenges.length} proofs for ${names.length} name(s)`, first);
}

/** Some resellers add the customary `www.` by themselves, in a renewal above all, and then want it proved too. */
function withTwins(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => (/^(\*|www)\./.test(name) ? [name] : [name, `www.${name}`]));
}

/**
 * Undefined when the challenge may be published for a certificate with these names, else RenewdError `dcv-unsafe`.
 * `ownLabel`: what the provider declares of its proofs (`ProviderCapabilities.proofLabel`): a CNAME's first label, or the
 * name of a file at the root.
 */
export function checkChallenge(
  challenge: Challenge,
  names: readonly string[],
  ownLabel?: RegExp,
): RenewdError | undefined {
  switch (challenge.kind) {
    case 'dns':
      return checkDns(challenge, withTwins(names), ownLabel);
    case 'file':
      return checkFile(challenge, withTwins(names), ownLabel);
    case 'email':
      return undefined;
  }
}
