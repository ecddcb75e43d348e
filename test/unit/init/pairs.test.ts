/** What `renewd init` says of files that it does not propose: what helps, and not what goes without saying. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { surveyDirectory } from '../../../src/init/pairs.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { newChain } from '../../builders/pki.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';

const { intermediate, leaf } = await newChain();

test('the chain beside a certificate is not worth a word; a CA on its own, and what is no PEM, is', () => {
  const root = tempDirectory();
  const put = (path: string, content: string | Uint8Array): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  put('live/shop/privkey.pem', leaf.key.pem);
  put('live/shop/cert.pem', leaf.pem);
  put('live/shop/chain.pem', intermediate.pem);
  put('live/shop/fullchain.pem', `${leaf.pem}${intermediate.pem}`);
  put('live/shop/README', 'not looked at');
  put('other/ca.pem', intermediate.pem);
  put('other/shop.cer', leaf.der);
  put('other/shop.crt', 'junk');
  put('other/shop.PFX', 'x');
  const { found, refused } = surveyDirectory(root, nodeFiles);
  expect(found).toHaveLength(1);
  const said = refused.map(({ where, why }) => `${where.slice(root.length + 1)}: ${why}`).toSorted();
  expect(said).toEqual([
    expect.stringMatching(/^other\/ca\.pem: it is the certificate of a CA$/),
    expect.stringMatching(/^other\/shop\.PFX: it is a key store: .*openssl pkcs12/),
    expect.stringMatching(/^other\/shop\.cer: it is DER: .*openssl x509 -inform DER/),
    expect.stringMatching(/^other\/shop\.crt: it holds no certificate$/),
  ]);
});
