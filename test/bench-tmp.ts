import { mkdtempSync, rmSync, statSync, writeFileSync, readFileSync, openSync, fsyncSync, closeSync, mkdirSync, renameSync, symlinkSync, writeSync, fchmodSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { newChain } from './builders/pki.ts';
import { nodeFiles } from '../src/platform/files.ts';
import { CrtScanner } from '../src/renewal/expiry/scanner.ts';
import { readCrt } from '../src/renewal/expiry/read-crt.ts';
import { deploySet } from '../src/renewal/deploy/deploy-set.ts';
import { targetOf, newSet } from './unit/deploy/world.ts';
const d = mkdtempSync('/tmp/bench-');
const N = 10000;
const chain = await newChain();
const pem = chain.leaf.pem + chain.intermediate.pem;
const paths: string[] = [];
for (let i = 0; i < N; i++) { const p = `${d}/c${i}.pem`; writeFileSync(p, pem); paths.push(p); }
const med = (xs: number[]) => xs.toSorted((a, b) => a - b)[xs.length >> 1]!;
const time = (f: () => void) => { const t = performance.now(); f(); return performance.now() - t; };
const clock = { now: () => new Date(Date.now() + 1e7), sleep: async () => {} };
const scanner = new CrtScanner({ files: nodeFiles, clock });
(globalThis as any).gc?.();
const h0 = process.memoryUsage().heapUsed;
for (const p of paths) scanner.look(p);
(globalThis as any).gc?.();
const h1 = process.memoryUsage();
console.log('memory per cert', (h1.heapUsed - h0) / N, 'external', h1.external, h1.arrayBuffers);
const a: number[] = [], b: number[] = [], c: number[] = [], e: number[] = [];
for (let r = 0; r < 9; r++) {
  a.push(time(() => { for (const p of paths) statSync(p, { throwIfNoEntry: false }); }));
  b.push(time(() => { for (const p of paths) scanner.look(p); }));
}
console.log('stat', med(a), 'look', med(b), med(b) / med(a));
for (let r = 0; r < 5; r++) {
  c.push(time(() => { for (let i = 0; i < 3000; i++) new X509Certificate(readFileSync(paths[i]!)); }));
  e.push(time(() => { for (let i = 0; i < 3000; i++) readCrt(paths[i]!, nodeFiles); }));
}
console.log('x509', med(c) / 3000, 'readCrt', med(e) / 3000, med(e) / med(c));
const sets = [await newSet(), await newSet()];
const t = targetOf(`${d}/deploy`);
deploySet(t, sets[0]!, nodeFiles, 'v0');
const f: number[] = [], g: number[] = [];
const w = (p: string, s: string) => { const fd = openSync(p, 'wx', 0o600); fchmodSync(fd, 0o640); writeSync(fd, s); fsyncSync(fd); closeSync(fd); };
const sd = (p: string) => { const fd = openSync(p, 'r'); fsyncSync(fd); closeSync(fd); };
mkdirSync(`${d}/floor/.sets`, { recursive: true });
const s = sets[0]!;
for (let r = 1; r < 60; r++) {
  f.push(time(() => {
    const v = `${d}/floor/.sets/v${r}`; mkdirSync(v);
    w(`${v}/a`, s.keyPem); w(`${v}/b`, s.leafPem); w(`${v}/c`, s.chainPem); w(`${v}/d`, s.leafPem + s.chainPem); w(`${v}/e`, s.keyPem + s.leafPem + s.chainPem);
    sd(v); sd(`${d}/floor/.sets`); symlinkSync(v, `${d}/floor/tmp`); renameSync(`${d}/floor/tmp`, `${d}/floor/cur`); sd(`${d}/floor`);
  }));
  g.push(time(() => { deploySet(t, sets[r % 2]!, nodeFiles, `v${r}`); }));
}
console.log('deploy floor(5 files)', med(f), 'deploySet', med(g), med(g) / med(f));
rmSync(d, { recursive: true });
