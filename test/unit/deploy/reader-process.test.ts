/** Another process reads as fast as it can while sets are switched: it never sees a key and a leaf that do not match. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../../src/platform/files.ts';
import { deploySet, pruneSets } from '../../../src/renewal/deploy/deploy-set.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';
import { newSet, targetOf } from './world.ts';

const reader = `
  import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
  import { readFileSync, readlinkSync } from 'node:fs';
  const directory = process.argv[1];
  const versions = new Set();
  let looks = 0;
  let torn = 0;
  let running = true;
  process.stdin.on('end', () => { running = false; }).resume();
  const look = () => {
    for (let count = 0; count < 20; count += 1) {
      let base = '';
      try {
        base = lookOnce();
      } catch (error) {
        // A set may go once five newer ones came after it, which a machine under load lets happen within one look.
        if (error.code !== 'ENOENT' || error.path.startsWith(directory + '/' + readlinkSync(directory + '/.current'))) throw error;
        continue;
      }
      versions.add(base);
      looks += 1;
    }
    if (looks > 0 && !said) { said = true; console.log('ready'); }
    if (running) setImmediate(look);
    else console.log(JSON.stringify({ looks, torn, versions: versions.size }));
  };
  let said = false;
  const lookOnce = () => {
      const base = directory + '/' + readlinkSync(directory + '/.current');
      const key = createPublicKey(readFileSync(base + '/privkey.pem')).export({ type: 'spki', format: 'pem' });
      const leaf = new X509Certificate(readFileSync(base + '/fullchain.pem')).publicKey.export({ type: 'spki', format: 'pem' });
      const combined = readFileSync(directory + '/combined.pem');
      const both = createPublicKey(createPrivateKey(combined)).export({ type: 'spki', format: 'pem' });
      if (key !== leaf || !new X509Certificate(combined).checkPrivateKey(createPrivateKey(combined)) || both.length === 0) torn += 1;
      return base;
  };
  look();
`;

test('forty switches under the eyes of a reader', async () => {
  const directory = tempDirectory();
  const target = targetOf(directory);
  const sets = await Promise.all([newSet(), newSet(), newSet()]);
  const setAt = (number: number) => sets[number % 3] ?? sets[0];
  deploySet(target, setAt(0), nodeFiles, 'v0');

  const child = spawn(process.execPath, ['--input-type=module', '-e', reader, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(child.stdout, 'data');
  for (let number = 1; number <= 40; number += 1) {
    deploySet(target, setAt(number), nodeFiles, `v${number}`);
    // Readers that resolved the link just before keep what they need: the previous set stays.
    if (number % 10 === 0) pruneSets(target, 5, nodeFiles);
    await new Promise((resolve) => setImmediate(resolve));
  }
  child.stdin.end();
  await once(child, 'close');
  const seen = JSON.parse(output.split('\n')[1] ?? '{}');
  expect(seen).toMatchObject({ torn: 0 });
  expect(seen.looks).toBeGreaterThanOrEqual(20);
});
