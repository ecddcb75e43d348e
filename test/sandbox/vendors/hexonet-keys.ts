/** Long keys take long to make: one request and one key serve all tests of a file. */
import { generateKeyPairSync } from 'node:crypto';
import { NAME } from './hexonet-kit.ts';
import { csrFor } from './kit.ts';
import { pemLines } from './rrpproxy-kit.ts';

export const RSA_CSR = pemLines(await csrFor([NAME], 'RSA'));
export const RSA_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
