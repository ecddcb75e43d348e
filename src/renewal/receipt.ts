/** Puts together the receipt of a renewal that was just seen to be served: from the store, the files on disk and the looks. */
import { hash } from 'node:crypto';
import type { LedgerEntry, StoredLedgerEntry } from '../contracts/store.ts';
import { isCharged } from '../contracts/capabilities.ts';
import type { DeployTarget } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import { createLedgerDigest } from '../core/ledger-digest.ts';
import type { FileProof, ReceiptChallenge, ReceiptContent, ReceiptDeployment } from '../core/receipt.ts';
import type { Renewal, StoredChallenge } from '../core/renewal.ts';
import { certificateFacts, parseCertificate } from '../pki/certificate.ts';
import { proofOf, rememberingSpki, type SpkiOf } from '../pki/file-proof.ts';
import { readPem } from '../pki/pem.ts';
import { currentSet, type CurrentSet } from './deploy/deploy-set.ts';
import { deployedBytesMax } from './deploy/layout.ts';
import { fileNames } from './deploy/set-content.ts';
import { ledgerEntry } from './outcome.ts';
import type { StageContext } from './stage-context.ts';

/** What was seen of one directory's endpoints; every one of them served the leaf. */
export interface ServedLook {
  readonly target: DeployTarget;
  readonly at: Date;
  readonly rows: readonly { readonly endpoint: string; readonly address: string }[];
}

const pageSize = 1000;
/** More than any certificate has names; a bound on what a provider can make a receipt hold. */
const challengesMax = 1000;

export interface WrittenReceipt {
  readonly receipt: ReceiptContent;
  /** Says in the history that there is one: a receipt that disappears is missed. */
  readonly entry: LedgerEntry;
}

export async function receiptOf(
  renewal: Renewal,
  context: StageContext,
  looks: readonly ServedLook[],
  now: Date,
): Promise<WrittenReceipt> {
  const history = await historyOf(renewal, context);
  const leaf = leafOf(renewal);
  const spkiOf = rememberingSpki();
  const deployments = looks.map((look) => deploymentOf(look, leaf.fingerprint256, context, spkiOf));
  const { order, validation } = await orderedAs(renewal, context);
  const receipt: ReceiptContent = {
    at: now.toISOString(),
    certificate: renewal.certificate,
    renewal: {
      id: renewal.id,
      action: renewal.action,
      reason: renewal.reason,
      sentence: renewal.sentence,
      begunAt: renewal.createdAt.toISOString(),
      forced: renewal.forced,
      words: history.words,
    },
    order,
    leaf,
    keyId: renewal.keyId,
    validation,
    deployments,
    ledger: history.ledger,
  };
  const directories = deployments.length === 1 ? '1 directory' : `${deployments.length} directories`;
  const endpoints = deployments.reduce((sum, one) => sum + one.endpoints.length, 0);
  const text = `receipt written: serial ${leaf.serial}, ${directories}, ${endpoints} endpoint address(es) seen`;
  return { receipt, entry: ledgerEntry(renewal, now, { kind: 'note', subject: 'receipt', text }) };
}

/** All that was written down about the renewal so far, and what persons said in it. */
async function historyOf(renewal: Renewal, { store }: StageContext) {
  const digest = createLedgerDigest();
  const words: ReceiptContent['renewal']['words'][number][] = [];
  let through = 0;
  for (;;) {
    const page: readonly StoredLedgerEntry[] = await store.ledger({
      renewalId: renewal.id,
      afterSequence: through,
      limit: pageSize,
    });
    for (const entry of page) {
      digest.add(entry);
      const by = entry.detail['by'];
      if (typeof by === 'string') words.push({ at: entry.at.toISOString(), by, text: entry.text });
    }
    through = page.at(-1)?.sequence ?? through;
    if (page.length < pageSize) break;
  }
  return { words, ledger: { entries: digest.entries, through, sha256: digest.finish() } };
}

function leafOf({ leafPem }: Renewal): ReceiptContent['leaf'] {
  const [block] = readPem(leafPem ?? '').blocks;
  if (block === undefined) throw new RenewdError('internal', 'the renewal has no certificate');
  const facts = certificateFacts(parseCertificate(block.der));
  return {
    serial: facts.serialHex,
    fingerprint256: facts.fingerprint256,
    spkiSha256: facts.spkiSha256,
    names: facts.names,
    issuer: facts.issuer,
    notBefore: facts.notBefore.toISOString(),
    notAfter: facts.notAfter.toISOString(),
  };
}

async function orderedAs(
  renewal: Renewal,
  context: StageContext,
): Promise<Pick<ReceiptContent, 'order' | 'validation'>> {
  const { action, price } = renewal;
  const charged = action !== 'deploy' && isCharged(context.capabilities(), action);
  const challenges = await context.store.challenges(renewal.id);
  return {
    order: {
      provider: renewal.provider,
      product: renewal.product,
      reference: renewal.reference,
      orderId: renewal.orderId,
      certificateId: renewal.certificateId,
      jobId: renewal.jobId,
      orderedAt: renewal.orderedAt?.toISOString() ?? null,
      paidUntil: renewal.paidUntil?.toISOString() ?? null,
      price: price === null ? null : { hundredths: price.hundredths, currency: price.currency },
      // A verb that is free by the provider's terms and still had a price was not free.
      free: !charged && (price === null || price.hundredths === 0),
    },
    validation: {
      method: renewal.dcvMethod,
      challenges: challenges.slice(0, challengesMax).map(challengeOf),
    },
  };
}

function challengeOf({ challenge, publisher, targetName, visibleAt }: StoredChallenge): ReceiptChallenge {
  const { kind, identifier } = challenge;
  const base = { identifier, kind, publisher, seenAt: null, readyAt: null };
  const at = visibleAt?.toISOString() ?? null;
  switch (challenge.kind) {
    case 'dns': {
      const { recordName, recordType, value } = challenge;
      return { ...base, place: `${targetName ?? recordName} ${recordType}`, value, seenAt: at };
    }
    case 'file': {
      const { host, path, content } = challenge;
      return {
        ...base,
        place: `http://${host}${path}`,
        value: hash('sha256', content, 'hex'),
        readyAt: at,
      };
    }
    case 'email':
      return { ...base, place: challenge.addresses.join(', '), value: null };
  }
}

function deploymentOf(
  { target, at, rows }: ServedLook,
  fingerprint256: string,
  context: StageContext,
  spkiOf: SpkiOf,
): ReceiptDeployment {
  const set = presentSet(target, context);
  return {
    directory: target.directory,
    set: set === 'unreadable' ? null : (set?.version ?? null),
    files: fileNames(target).map((name) =>
      set === 'unreadable' ? unreadable(name) : fileProof(name, set?.directory, context, spkiOf),
    ),
    endpoints: rows.map(({ endpoint, address }) => ({
      endpoint,
      address,
      fingerprint256,
      at: at.toISOString(),
    })),
  };
}

/** It is served: that somebody moved or closed files since is no reason to deny that. The receipt says what was there. */
function presentSet(
  target: DeployTarget,
  { files, logger }: StageContext,
): CurrentSet | 'unreadable' | undefined {
  try {
    return currentSet(target, files);
  } catch (thrown) {
    logger.warn(
      { directory: target.directory, err: thrown },
      'the receipt cannot tell which set is in place',
    );
    return 'unreadable';
  }
}

function fileProof(
  name: string,
  directory: string | undefined,
  { files, logger }: StageContext,
  spkiOf: SpkiOf,
): FileProof {
  if (directory === undefined) return proofOf(name, undefined);
  try {
    return proofOf(name, files.read(`${directory}/${name}`, deployedBytesMax), spkiOf);
  } catch (thrown) {
    logger.warn({ directory, file: name, err: thrown }, 'a deployed file cannot be read for the receipt');
    return unreadable(name);
  }
}

function unreadable(name: string): FileProof {
  return { ...proofOf(name, undefined), unreadable: true };
}
