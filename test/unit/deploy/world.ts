/** A deploy directory as a reader sees it, and what must hold of it at every moment. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, readlinkSync, existsSync } from 'node:fs';
import type { DeployTarget } from '../../../src/core/certificate.ts';
import type { SetInput } from '../../../src/renewal/deploy/set-content.ts';
import { newChain } from '../../builders/pki.ts';

export async function newSet(): Promise<SetInput> {
  const { leaf, intermediate } = await newChain();
  return { keyPem: leaf.key.pem, leafPem: leaf.pem, chainPem: intermediate.pem };
}

export function targetOf(directory: string, change: Partial<DeployTarget> = {}): DeployTarget {
  return {
    directory,
    keyMode: 0o640,
    mode: 0o644,
    reloadTimeoutMs: 1000,
    probe: [],
    probeTimeoutMs: 1000,
    keepSets: 2,
    ...change,
  };
}

/** Verdicts are remembered: the fault tests ask thousands of times about the same few sets. */
const verdicts = new Map<string, boolean>();

function isPair(keyPem: string, leafPem: string): boolean {
  const both = keyPem + leafPem;
  const known = verdicts.get(both);
  if (known !== undefined) return known;
  const verdict = new X509Certificate(leafPem).checkPrivateKey(createPrivateKey(keyPem));
  verdicts.set(both, verdict);
  return verdict;
}

/** What the directory serves right now through `base`; undefined when nothing is there. Throws on anything torn. */
export function servedSet(base: string): SetInput | undefined {
  const read = (name: string): string => readFileSync(`${base}/${name}`, 'latin1');
  if (!existsSync(`${base}/privkey.pem`)) return undefined;
  const keyPem = read('privkey.pem');
  const fullchain = read('fullchain.pem');
  if (!isPair(keyPem, fullchain)) throw new Error(`${base}: key and leaf do not match`);
  if (!existsSync(`${base}/cert.pem`)) return { keyPem, leafPem: fullchain, chainPem: '' };
  const set = { keyPem, leafPem: read('cert.pem'), chainPem: read('chain.pem') };
  if (fullchain !== set.leafPem + set.chainPem)
    throw new Error(`${base}: fullchain.pem is not leaf and chain`);
  if (read('combined.pem') !== keyPem + fullchain)
    throw new Error(`${base}: combined.pem is not key and fullchain`);
  return set;
}

/** A reader that does it right: resolves the link once. */
export function servedThroughCurrent(directory: string): SetInput | undefined {
  if (!existsSync(`${directory}/.current`)) return undefined;
  return servedSet(`${directory}/${readlinkSync(`${directory}/.current`)}`);
}
