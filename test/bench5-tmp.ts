import { mkdtempSync, rmSync } from 'node:fs';
import { nodeFiles } from '../src/platform/files.ts';
import { deploySet, pruneSets } from '../src/renewal/deploy/deploy-set.ts';
import { targetOf, newSet } from './unit/deploy/world.ts';
const d = mkdtempSync('/tmp/bench-');
const sets = [await newSet(), await newSet()];
const t = targetOf(`${d}/deploy`);
for (let r = 0; r < 400; r++) { deploySet(t, sets[r % 2]!, nodeFiles, `v${r}`); if (r%20===0) pruneSets(t, 3, nodeFiles); }
rmSync(d, { recursive: true });
