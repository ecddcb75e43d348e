/** Certificates and their keys below a directory, paired by public key, whatever the files are called. */
import { basename, dirname } from 'node:path';
import type { Files } from '../contracts/platform.ts';
import { keySpkiSha256 } from '../pki/keys.ts';
import { looksLikeDer, readPem } from '../pki/pem.ts';
import { acceptable } from './acceptable.ts';
import type { Found, FoundPair, Proof, Refused, Survey } from './found.ts';
import { renewalHints } from './letsencrypt.ts';
import { fileBytesMax, walk } from './walk.ts';

type Reader = Pick<Files, 'list' | 'lstat' | 'stat' | 'read'>;

interface CertificateFile {
  readonly path: string;
  readonly facts: Found['facts'];
  /** Certificates in the file. */
  readonly count: number;
}

interface Contents {
  readonly certificates: readonly CertificateFile[];
  /** SPKI hash → paths. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  readonly refused: readonly Refused[];
  /** Files that begin with the certificate of a CA. */
  readonly authorities: readonly Refused[];
}

const interesting = /-----BEGIN [A-Z0-9 ]{0,30}(CERTIFICATE|PRIVATE KEY)-----/;

/** Why a file without anything in PEM is left out although its name promises a certificate; undefined: it does not. */
function promised(path: string, bytes: Uint8Array): string | undefined {
  if (/\.(p12|pfx|jks)$/i.test(path))
    return 'it is a key store: bring key and certificates out as PEM (openssl pkcs12, keytool -importkeystore)';
  if (!/\.(crt|cer|cert|der)$/i.test(path)) return undefined;
  return looksLikeDer(bytes)
    ? 'it is DER: make PEM of it (openssl x509 -inform DER)'
    : 'it holds no certificate';
}

function readAll(paths: readonly string[], files: Reader): Contents {
  const certificates: CertificateFile[] = [];
  const keys = new Map<string, string[]>();
  const refused: Refused[] = [];
  const authorities: Refused[] = [];
  for (const path of paths) {
    let bytes: Uint8Array | undefined;
    try {
      bytes = files.read(path, fileBytesMax);
    } catch (thrown) {
      refused.push({ where: path, why: thrown instanceof Error ? thrown.message : 'it cannot be read' });
      continue;
    }
    const text = Buffer.from(bytes ?? []).toString('latin1');
    if (!interesting.test(text)) {
      const why = promised(path, bytes ?? new Uint8Array());
      if (why !== undefined) refused.push({ where: path, why });
      continue;
    }
    const { blocks, problem } = readPem(text);
    if (problem !== undefined) refused.push({ where: path, why: problem.sentence });
    if (blocks.some(({ label }) => label.endsWith('PRIVATE KEY'))) {
      const hash = keySpkiSha256(text);
      if (hash === undefined)
        refused.push({ where: path, why: 'its key cannot be read: it is broken, or has a passphrase' });
      else keys.set(hash, [...(keys.get(hash) ?? []), path]);
    }
    const chain = blocks.filter(({ label }) => label === 'CERTIFICATE');
    const [leaf] = chain;
    if (leaf === undefined) continue;
    const facts = acceptable(leaf.der);
    if ('why' in facts) (facts.isCa === true ? authorities : refused).push({ where: path, why: facts.why });
    else certificates.push({ path, facts, count: chain.length });
  }
  return { certificates, keys, refused, authorities };
}

/** The one that lies nearest: in the same directory, and with the most similar name. */
function nearestKey(certificate: string, keys: readonly string[]): string | undefined {
  const stem = basename(certificate).replace(/\.[^.]+$/, '');
  return keys.toSorted((a, b) => distance(a) - distance(b))[0];
  function distance(key: string): number {
    return (dirname(key) === dirname(certificate) ? 0 : 2) + (basename(key).startsWith(stem) ? 0 : 1);
  }
}

/** Regular files under the names that renewd uses: they can be taken over where they are. */
function inPlaceDirectory(key: string, fullchain: string | undefined, files: Reader): string | undefined {
  const directory = dirname(key);
  const fits =
    basename(key) === 'privkey.pem' &&
    fullchain === `${directory}/fullchain.pem` &&
    files.lstat(key)?.kind === 'file' &&
    files.lstat(fullchain)?.kind === 'file';
  return fits ? directory : undefined;
}

/** A directory's own name says more than "fullchain" or "cert". */
function labelOf(path: string): string {
  const stem = basename(path).replace(/\.(pem|crt|cer|cert|chain|bundle)$/gi, '');
  const usual = /^(full-?chain|cert(ificate)?|chain|server|tls|bundle|combined)\d*$/i;
  return usual.test(stem) ? basename(dirname(path)) : stem;
}

/** Never throws. */
export function surveyDirectory(root: string, files: Reader): Survey {
  const { paths, refused: unseen } = walk(root, files);
  const { certificates, keys, refused, authorities } = readAll(paths, files);
  // The chain beside a certificate goes without saying; a thousand such lines would hide the others.
  const withLeaf = new Set(certificates.map(({ path }) => dirname(path)));
  const strange = authorities.filter(({ where }) => !withLeaf.has(dirname(where)));
  const left: Refused[] = [...unseen, ...refused, ...strange];
  const groups = Map.groupBy(certificates, ({ facts, path }) => `${facts.fingerprint256} ${dirname(path)}`);
  const found: Found[] = [];
  for (const group of groups.values()) {
    const full = group.find(({ count }) => count > 1);
    const one = full ?? group[0];
    if (one === undefined) continue;
    const certificate = group.find(({ count }) => count === 1) ?? one;
    const key = nearestKey(one.path, keys.get(one.facts.spkiSha256) ?? []);
    if (key === undefined) {
      // The archive of certbot, copies without their key.
      left.push({ where: one.path, why: 'no key below this directory belongs to it' });
      continue;
    }
    found.push(foundPair(one, certificate.path, key, full?.path, files));
  }
  return { found: withoutArchive(found), refused: left };
}

function foundPair(
  { path, facts }: CertificateFile,
  certificate: string,
  key: string,
  fullchain: string | undefined,
  files: Reader,
): Found {
  const inPlace = inPlaceDirectory(key, fullchain, files);
  const pair: FoundPair = {
    certificate,
    key,
    ...(fullchain === undefined ? {} : { fullchain }),
    ...(inPlace === undefined ? {} : { inPlace }),
  };
  const hints = renewalHints(dirname(path), files);
  const proof: Proof | undefined = hints?.proof;
  return {
    label: labelOf(path),
    facts,
    pair,
    endpoints: [],
    ...(proof === undefined ? {} : { proof }),
    notes: [
      ...(hints?.notes ?? []),
      ...(fullchain === undefined
        ? ['its chain was not found beside it: servers need it, add it to fullchain.pem']
        : []),
      ...(facts.otherNames.length === 0
        ? []
        : [
            `it also names ${facts.otherNames.slice(0, 3).join(', ').slice(0, 200)}: resellers issue for host names only`,
          ]),
    ],
  };
}

/** certbot keeps every version in `archive`; the links in `live` lead to the present one. */
function withoutArchive(found: readonly Found[]): readonly Found[] {
  const live = new Set(
    found.flatMap(({ pair, facts }) =>
      pair?.certificate.includes('/live/') === true ? [facts.fingerprint256] : [],
    ),
  );
  return found.filter(
    ({ pair, facts }) => pair?.certificate.includes('/archive/') !== true || !live.has(facts.fingerprint256),
  );
}
