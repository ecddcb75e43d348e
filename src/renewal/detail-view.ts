/** What the status listener shows of one certificate: from memory, store and files, read when somebody asks. */
import { readReceipt } from '../audit/chain.ts';
import type { Clock, Files } from '../contracts/platform.ts';
import type { ProviderCapabilities } from '../contracts/capabilities.ts';
import type { Store } from '../contracts/store.ts';
import type { DeployTarget, Reload } from '../core/certificate.ts';
import type { Renewal } from '../core/renewal.ts';
import { certificateFacts, parseCertificate } from '../pki/certificate.ts';
import { readPem } from '../pki/pem.ts';
import type {
  CertificateDetail,
  CertificateFile,
  DirectoryRow,
  EndpointRow,
  HistoryRange,
  ReceiptRow,
  RenewalRow,
} from '../status/detail.ts';
import type { CertificateStatus } from '../status/source.ts';
import { layoutOf } from './deploy/layout.ts';
import { linkedVersion } from './deploy/links.ts';
import { reuseDays, ruleCalendar } from './plan/rule-calendar.ts';
import { endpointText } from './probe/probe-endpoint.ts';
import { driftedTargets, type Entry } from './watchlist.ts';

export interface DetailDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly files: Files;
  readonly capabilities: (provider: string) => ProviderCapabilities;
}

const renewalsMax = 10;
/** A renewal that is tried again and again has more; the history has them all. */
const stepsMax = 200;
const chainBytesMax = 1024 * 1024;
const chainLengthMax = 16;

export async function certificateDetail(
  entry: Entry,
  status: CertificateStatus,
  { before, limit }: HistoryRange,
  { store, clock, files, capabilities }: DetailDependencies,
): Promise<CertificateDetail> {
  const now = clock.now();
  const { managed, record, observation, decision } = entry;
  const { name } = managed;
  const renewals = await store.renewalsOf(name, renewalsMax);
  const current = entry.open ?? renewals[0];
  const [steps, entries, sealed] = await Promise.all([
    current === undefined ? [] : store.ledger({ renewalId: current.id, limit: stepsMax }),
    store.ledger({
      certificate: name,
      newestFirst: true,
      limit: limit + 1,
      ...(before === null ? {} : { beforeSequence: before }),
    }),
    store.newestReceipt(name),
  ]);
  const receipt = sealed === undefined ? null : receiptRow(sealed);
  const ca = capabilities(managed.provider).ca(managed.product);
  const proved = renewals.find(({ orderedAt, leafPem }) => orderedAt !== null && leafPem !== null);
  return {
    status,
    source: managed.source,
    wantedKeyType: managed.key.type,
    dcvMethod: managed.dcv.method,
    crt: managed.crt,
    fileTrouble:
      observation === undefined || observation.look.state === 'ok' ? null : observation.look.reason,
    chain: chainOf(files, managed.crt),
    order: {
      provider: record?.provider ?? null,
      orderId: record?.orderId ?? null,
      certificateId: record?.certificateId ?? null,
      readAt: record?.orderReadAt ?? null,
    },
    criticalAt: decision?.moments?.criticalAt ?? null,
    clocks: {
      provedAt: proved?.orderedAt ?? null,
      proofDays: reuseDays(ruleCalendar.dcvReuse, ca, now) ?? 0,
      identityDays: reuseDays(ruleCalendar.identityReuse, ca, now) ?? 0,
    },
    failures: { count: record?.failures ?? 0, lastAt: record?.lastFailureAt ?? null },
    steps: steps.filter(({ kind }) => kind !== 'intent'),
    renewals: await Promise.all(renewals.map((renewal) => renewalRow(renewal, store))),
    endpoints: endpointRows(entry),
    directories: directoryRows(entry, files),
    receipt,
    history: { entries: entries.slice(0, limit), more: entries.length > limit },
  };
}

async function renewalRow(renewal: Renewal, store: Store): Promise<RenewalRow> {
  const { id, action, state, sentence, createdAt, updatedAt, provider, product, reference, orderId, price } =
    renewal;
  const receipt = (await store.receiptOf(id))?.sequence ?? null;
  return {
    id,
    action,
    state,
    sentence,
    createdAt,
    updatedAt,
    provider,
    product,
    reference,
    orderId,
    price,
    receipt,
  };
}

/** Leaf first. What cannot be read is left out: the page says elsewhere what is wrong with the file. */
function chainOf(files: Files, path: string): readonly CertificateFile[] {
  try {
    const bytes = files.read(path, chainBytesMax);
    if (bytes === undefined) return [];
    const blocks = readPem(bytes).blocks.filter(({ label }) => label === 'CERTIFICATE');
    return blocks.slice(0, chainLengthMax).map(({ der }) => certificateFacts(parseCertificate(der)));
  } catch {
    // Whatever is wrong with the file is `fileTrouble` already, or will be after the next pass.
    return [];
  }
}

function endpointRows({ managed, record, amiss }: Entry): readonly EndpointRow[] {
  const at = record?.servedCheckedAt ?? null;
  if (amiss.length > 0 && record?.servedMatches === false) return amiss.map((sight) => ({ ...sight, at }));
  const matches = record?.servedMatches === true ? true : null;
  const detail =
    matches === true
      ? 'serves the certificate on disk'
      : record?.servedMatches === false
        ? 'one of the endpoints serves something else; which one, the next look tells'
        : 'not looked at yet';
  return managed.deploy.flatMap(({ probe }) =>
    probe.map((endpoint) => ({ endpoint: endpointText(endpoint), address: null, matches, detail, at })),
  );
}

function directoryRows(entry: Entry, files: Files): readonly DirectoryRow[] {
  const drifted = new Set(driftedTargets(entry));
  const isReadable = entry.observation?.look.state === 'ok';
  return entry.managed.deploy.map((target) => ({
    directory: target.directory,
    set: setOf(target, files),
    matches: isReadable && !drifted.has(`${target.directory}/fullchain.pem`),
    reload: target.reload === undefined ? null : reloadWord(target.reload),
  }));
}

/** Without arguments: the page is for people who look, and a program's name is enough for them. */
function reloadWord(reload: Reload): string {
  if ('signal' in reload) return `SIG${reload.signal} to ${reload.pidFile}`;
  if ('haproxy' in reload) return `HAProxy's socket ${reload.haproxy}`;
  return reload[0] ?? '';
}

/** Something foreign in the place of the link: no set. */
function setOf({ directory }: DeployTarget, files: Files): string | null {
  try {
    return linkedVersion(files, layoutOf(directory).current) ?? null;
  } catch {
    return null;
  }
}

function receiptRow(
  sealed: Parameters<typeof readReceipt>[0] & { readonly hash: string },
): ReceiptRow | null {
  try {
    const { at, deployments } = readReceipt(sealed);
    const endpoints = deployments.flatMap((deployment) => deployment.endpoints);
    return { sequence: sealed.sequence, hash: sealed.hash, at, endpoints };
  } catch {
    // A damaged receipt is found and named by `renewd history --verify`; the page shows none.
    return null;
  }
}
