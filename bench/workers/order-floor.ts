/**
 * The least that a bare Node process does for the same orders, in two sizes. *Plain*: as many requests (undici), a key and
 * a signature, as many durable SQLite commits, and the five files of a set, synced. *Whole*: also what an order cannot
 * do without: the key on disk and read back, the certificate request, as many datagrams with their TSIG digests, the
 * chain verified, the pair compared, directories synced, and the switch by a rename.
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import { serve } from '../child.ts';
import { bits, der, octets, oid, sequence, text } from '../world/der.ts';

export interface FloorWork {
  readonly directory: string;
  readonly url: string;
  readonly orders: number;
  readonly requests: number;
  readonly commits: number;
  /** Absent: the plain floor. */
  readonly whole?: {
    readonly dns: { readonly host: string; readonly port: number };
    readonly datagrams: number;
    /** A leaf with its chain, to be verified. */
    readonly chainPem: string;
    readonly rootPem: string;
  };
}

const generate = promisify(generateKeyPair);
const resendMs = 1000;
const body = new URLSearchParams({ command: 'StatusAccount', csr: 'A'.repeat(900) }).toString();

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

function writeDurably(path: string, content: string): void {
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, content);
  fsyncSync(file);
  closeSync(file);
}

/** PKCS #10 with one name. */
function requestFor(name: string, keyPem: string): string {
  const key = createPrivateKey(keyPem);
  const subject = sequence(der(0x31, sequence(oid('2.5.4.3'), text(0x0c, name))));
  const names = sequence(oid('2.5.29.17'), octets(sequence(text(0x82, name))));
  const attribute = sequence(oid('1.2.840.113549.1.9.14'), der(0x31, sequence(names)));
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const info = sequence(der(0x02, Buffer.of(0)), subject, spki, der(0xa0, attribute));
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  return sequence(info, algorithm, bits(sign('sha256', info, key))).toString('base64');
}

async function ask({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => {
    socket.connect(port, host, () => resolve());
  });
  // SOA of bench.test.
  const question = Buffer.from(
    '0000010000010000000000000562656e6368047465737400000600 01'.replaceAll(' ', ''),
    'hex',
  );
  question.writeUInt16BE(Math.floor(Math.random() * 0x1_00_00));
  createHmac('sha256', 'secret').update(question).digest();
  const answered = once(socket, 'message');
  socket.send(question);
  // A thousand at once are more than the name server's buffer holds.
  const again = setInterval(() => socket.send(question), resendMs);
  await answered;
  clearInterval(again);
  socket.close();
}

function verifyChain(chainPem: string, rootPem: string): void {
  const chain = [
    ...chainPem.split(/(?<=-----END CERTIFICATE-----)\n/).filter((pem) => pem !== ''),
    rootPem,
  ].map((pem) => new X509Certificate(pem));
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[Math.min(index + 1, chain.length - 1)];
    if (issuer === undefined || !certificate.verify(issuer.publicKey))
      throw new Error('the chain does not verify');
  }
}

async function oneOrder(
  index: number,
  work: FloorWork,
  agent: Agent,
  database: DatabaseSync,
): Promise<number> {
  const { directory, whole } = work;
  const begunAt = performance.now();
  const { privateKey } = await generate('ec', { namedCurve: 'P-256' });
  let keyPem = 'A'.repeat(241);
  if (whole === undefined) {
    sign('sha256', Buffer.alloc(300), privateKey);
  } else {
    keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    writeDurably(`${directory}/key-${index}.pem`, keyPem);
    syncDirectory(directory);
    const read = readFileSync(`${directory}/key-${index}.pem`, 'latin1');
    const probe = Buffer.alloc(16);
    if (!verify('sha256', probe, createPublicKey(read), sign('sha256', probe, read)))
      throw new Error('no key');
    requestFor(`floor-${index}.bench.test`, read);
  }
  const insert = database.prepare('INSERT INTO steps VALUES (?, ?)');
  for (let step = 0; step < work.commits; step += 1) insert.run(index, body);
  for (let sent = 0; sent < work.requests; sent += 1) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await request(work.url, { method: 'POST', headers, body, dispatcher: agent });
    createHash('sha256').update(await answer.body.text());
  }
  for (let sent = 0; sent < (whole?.datagrams ?? 0); sent += 1) if (whole !== undefined) await ask(whole.dns);
  const set = `${directory}/floor-${index}`;
  mkdirSync(whole === undefined ? set : `${set}.new`);
  const content = whole === undefined ? 'A'.repeat(2000) : whole.chainPem;
  if (whole !== undefined) {
    verifyChain(whole.chainPem, whole.rootPem);
    createPublicKey(keyPem).export({ type: 'spki', format: 'der' });
  }
  const at = whole === undefined ? set : `${set}.new`;
  for (let file = 0; file < 5; file += 1) writeDurably(`${at}/${file}.pem`, content);
  if (whole !== undefined) {
    syncDirectory(at);
    for (let file = 0; file < 5; file += 1) readFileSync(`${at}/${file}.pem`);
    renameSync(at, set);
    symlinkSync(set, `${set}.link`);
    renameSync(`${set}.link`, `${set}.current`);
    syncDirectory(directory);
  }
  return performance.now() - begunAt;
}

export const handlers = {
  run: async (work: FloorWork) => {
    mkdirSync(work.directory, { recursive: true });
    const database = new DatabaseSync(`${work.directory}/floor.db`);
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE steps (a INTEGER, b TEXT)',
    );
    const agent = new Agent({ connections: 200 });
    let resident = 0;
    const sampling = setInterval(() => {
      resident = Math.max(resident, process.memoryUsage.rss());
    }, 100);
    const startedAt = performance.now();
    const cpu = process.cpuUsage();
    const spans = await Promise.all(
      Array.from({ length: work.orders }, (_, index) => oneOrder(index, work, agent, database)),
    );
    const { user, system } = process.cpuUsage(cpu);
    const ms = performance.now() - startedAt;
    clearInterval(sampling);
    await agent.close();
    database.close();
    return { ms, cpuMs: (user + system) / 1000, residentMegabytes: resident / 2 ** 20, spans };
  },
} as const;

serve(handlers);
