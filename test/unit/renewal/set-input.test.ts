/** What further files want beside key and certificates: passwords, and the root of the chain. */
import { expect, test } from 'vitest';
import type { Delivery } from '../../../src/renewal/deliver.ts';
import { setInputFor } from '../../../src/renewal/set-input.ts';
import { aTarget } from '../../builders/managed.ts';
import { newCa, newChain } from '../../builders/pki.ts';
import { aStageContext } from '../../builders/stage.ts';

const { root, intermediate, leaf } = await newChain();
const foreign = await newCa('another root');
const set = { keyPem: leaf.key.pem, leafPem: leaf.pem, chainPem: intermediate.pem };
const store = { password: { env: 'P' }, profile: 'modern', alias: 'shop' } as const;
const trust = aTarget({ files: [{ ...store, name: 't.p12', format: 'truststore' }] });

function delivering(anchors: readonly string[]): Delivery {
  return {
    look: () => Promise.reject(new Error('not expected')),
    anchors: () => Promise.resolve(anchors),
    secret: (source) => Promise.resolve(`of ${JSON.stringify(source)}`),
  };
}

test('nothing is asked for a set without stores', async () => {
  const target = aTarget({ files: [{ name: 'a.key', format: 'key' }] });
  const nobody = { ...delivering([]), secret: () => Promise.reject(new Error('not expected')) };
  expect(await setInputFor(target, set, aStageContext(), nobody)).toEqual(set);
});

test.each([
  ['alone', [root.pem]],
  ['behind others in one file', ['no certificate', foreign.pem + root.pem]],
])('the root is found %s', async (_where, anchors) => {
  const input = await setInputFor(trust, set, aStageContext(), delivering(anchors));
  expect(input.passwords).toEqual(new Map([['t.p12', 'of {"env":"P"}']]));
  expect(input.rootPem?.replaceAll(/\s/g, '')).toBe(root.pem.replaceAll(/\s/g, ''));
});

test('no root, none at all rather than another', async () => {
  const input = await setInputFor(trust, set, aStageContext(), delivering([foreign.pem]));
  expect(input.rootPem).toBeUndefined();
});
