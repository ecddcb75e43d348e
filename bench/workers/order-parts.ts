/** The durable and the slow parts of an order, each beside its floor: `order-parts PACKAGE`. */
import { generateKeyPair } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import type { DeployTarget } from '../../src/core/certificate.ts';
import { aRenewal } from '../../test/builders/store-records.ts';
import { serve } from '../child.ts';
import { compiled } from '../world/renewd.ts';

const [root = ''] = process.argv.slice(2);
const deploySet = await compiled(root, 'deploySet');
const files = await compiled(root, 'nodeFiles');
const openSqliteStore = await compiled(root, 'openSqliteStore');
const generateKey = await compiled(root, 'generateKey');
const generateBare = promisify(generateKeyPair);

/** Where a set as renewd deploys it lies already. */
interface SetsToDeploy {
  readonly directory: string;
  readonly count: number;
  readonly first: string;
  readonly second: string;
}

function readPair(directory: string) {
  const read = (name: string): string => readFileSync(`${directory}/${name}`, 'latin1');
  const [leafPem = '', ...chain] = read('fullchain.pem').split(/(?<=-----END CERTIFICATE-----\n)/);
  return { keyPem: read('privkey.pem'), leafPem, chainPem: chain.join('') };
}

function writeDurably(path: string, content: string): void {
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, content);
  fsyncSync(file);
  closeSync(file);
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

/** Milliseconds for one. */
function timed(count: number, work: (index: number) => void): number {
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) work(index);
  return (performance.now() - startedAt) / count;
}

async function keys(count: number, make: () => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: count }, make));
  const ms = performance.now() - startedAt;
  delay.disable();
  return { ms: ms / count, delayMs: delay.max / 1e6 };
}

export const handlers = {
  /** A later set into directories that have one. */
  deploy: ({ directory, count, first, second }: SetsToDeploy): number => {
    const [before, after] = [readPair(first), readPair(second)];
    const targetOf = (index: number): DeployTarget => ({
      directory: `${directory}/${index}`,
      keyMode: 0o640,
      mode: 0o644,
      reloadTimeoutMs: 0,
      probe: [],
      probeTimeoutMs: 0,
      keepSets: 2,
    });
    mkdirSync(directory, { recursive: true });
    for (let index = 0; index < count; index += 1) deploySet(targetOf(index), before, files, 'first');
    return timed(count, (index) => void deploySet(targetOf(index), after, files, 'second'));
  },
  /** The same five files, the directory, two renames and the directory above. */
  deployFloor: ({ directory, count, second }: SetsToDeploy): number => {
    const { keyPem, leafPem, chainPem } = readPair(second);
    const contents = [keyPem, leafPem, chainPem, leafPem + chainPem, keyPem + leafPem + chainPem];
    for (let index = 0; index < count; index += 1)
      mkdirSync(`${directory}/${index}/.sets`, { recursive: true });
    return timed(count, (index) => {
      const at = `${directory}/${index}`;
      mkdirSync(`${at}/.sets/new`);
      for (const [file, content] of contents.entries()) writeDurably(`${at}/.sets/new/${file}.pem`, content);
      syncDirectory(`${at}/.sets/new`);
      renameSync(`${at}/.sets/new`, `${at}/.sets/second`);
      syncDirectory(`${at}/.sets`);
      symlinkSync('.sets/second', `${at}/.link`);
      renameSync(`${at}/.link`, `${at}/.current`);
      syncDirectory(at);
    });
  },
  /** Changes of state, each committed with its line in the ledger. */
  transitions: async ({ directory, count }: { readonly directory: string; readonly count: number }) => {
    mkdirSync(directory, { recursive: true });
    const store = await openSqliteStore(`${directory}/renewd.db`, { create: true });
    const renewal = aRenewal();
    await store.createRenewal(renewal, {});
    const { id, certificate, provider, createdAt: at } = renewal;
    const base = { at, certificate, renewalId: id, provider, charged: null, paid: false };
    const startedAt = performance.now();
    for (let revision = 1; revision <= count; revision += 1) {
      const state = revision % 2 === 0 ? 'awaiting-dcv' : 'awaiting-issuance';
      const entry = {
        ...base,
        kind: 'transition',
        subject: state,
        text: 'evidence is visible',
        detail: {},
      } as const;
      await store.updateRenewal(id, revision, { state, attempts: revision }, { ledger: [entry] }, at);
    }
    const ms = performance.now() - startedAt;
    await store.close();
    return ms / count;
  },
  fdatasync: ({ directory, count }: { readonly directory: string; readonly count: number }): number => {
    mkdirSync(directory, { recursive: true });
    const file = openSync(`${directory}/raw`, 'a', 0o600);
    const block = Buffer.alloc(4096);
    const ms = timed(count, () => {
      writeSync(file, block);
      fdatasyncSync(file);
    });
    closeSync(file);
    return ms;
  },
  keys: (count: number) => keys(count, () => generateKey('rsa-4096')),
  keysFloor: (count: number) => keys(count, () => generateBare('rsa', { modulusLength: 4096 })),
} as const;

serve(handlers);
