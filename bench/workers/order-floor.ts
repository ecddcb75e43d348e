/**
 * The least that a bare Node process does for the same orders: as many requests (undici, 100 orders at once), a key and
 * a signature, as many durable SQLite commits, and the five files of a set, synced.
 */
import { createHash, generateKeyPair, sign } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import { serve } from '../child.ts';

export interface FloorWork {
  readonly directory: string;
  readonly url: string;
  readonly orders: number;
  readonly requests: number;
  readonly commits: number;
}

const generate = promisify(generateKeyPair);
const body = new URLSearchParams({ command: 'StatusAccount', csr: 'A'.repeat(900) }).toString();

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
}

async function oneOrder(index: number, work: FloorWork, agent: Agent, database: DatabaseSync): Promise<void> {
  const { privateKey } = await generate('ec', { namedCurve: 'P-256' });
  sign('sha256', Buffer.alloc(300), privateKey);
  const insert = database.prepare('INSERT INTO steps VALUES (?, ?)');
  for (let step = 0; step < work.commits; step += 1) insert.run(index, body);
  for (let sent = 0; sent < work.requests; sent += 1) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await request(work.url, { method: 'POST', headers, body, dispatcher: agent });
    createHash('sha256').update(await answer.body.text());
  }
  const set = `${work.directory}/floor-${index}`;
  mkdirSync(set);
  for (let file = 0; file < 5; file += 1) writeDurably(`${set}/${file}.pem`, 'A'.repeat(2000));
}

export const handlers = {
  run: async (work: FloorWork) => {
    mkdirSync(work.directory, { recursive: true });
    const database = new DatabaseSync(`${work.directory}/floor.db`);
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE steps (a INTEGER, b TEXT)',
    );
    const agent = new Agent({ connections: 16 });
    const cpu = process.cpuUsage();
    await Promise.all(
      Array.from({ length: work.orders }, (_, index) => oneOrder(index, work, agent, database)),
    );
    const { user, system } = process.cpuUsage(cpu);
    await agent.close();
    database.close();
    return { cpuMs: (user + system) / 1000 };
  },
} as const;

serve(handlers);
