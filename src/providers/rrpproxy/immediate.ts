/**
 * Immediate issuance: the proof is published before the order, and the certificate comes with its answer. The token is
 * made by CheckCertificate and valid for 30 days (manual 3.6, 5.1.3, 9.1.20).
 */
import type { OrderRequest, PreparedValidation } from '../../contracts/order.ts';
import { RenewdError } from '../../core/errors.ts';
import { column, type Answer } from '../../vendors/command-text/wire.ts';
import { readChallenges, type ChallengeColumns } from '../../vendors/rrpproxy/challenges.ts';
import { protocol } from '../../vendors/command-text/fields.ts';
import type { Client } from './client.ts';
import type { OrderOptions } from './config.ts';
import { classOf, className } from './products.ts';

/** Only DigiCert issues at once; these are its targets in the manual's samples (7.3, 9.1.18, 9.1.21). */
const aliasTarget = 'dcv.digicert.com';
const fileName = '.well-known/pki-validation/fileauth.txt';

/** What an order gets that is validated in the usual way. */
const nothing: PreparedValidation = { challenges: [], token: {} };

/** Throws what the command throws, `dcv-unsafe`, and kind `configuration` where the order cannot be immediate. */
export async function prepareImmediate(
  request: OrderRequest,
  options: OrderOptions,
  client: Client,
  signal: AbortSignal,
): Promise<PreparedValidation> {
  if (!options.immediate) return nothing;
  if (request.dcv.method === 'email')
    throw impossible('e-mail validation cannot be finished before the order');
  if (classOf(request.product)?.immediate === false) {
    throw impossible(`${className(request.product)} is not issued at once`);
  }
  const { answer } = await client.checkCertificate(
    {
      class: className(request.product),
      domains: request.names,
      csrPem: request.csrPem,
      generateDcvToken: true,
    },
    signal,
  );
  const dcvToken = tokenOf(answer);
  const { challenges, refused } = readChallenges(placesOf(request, dcvToken), request.names);
  if (refused.length > 0) throw new RenewdError('dcv-unsafe', refused.join('; '));
  return { challenges, publishFirst: true, token: { dcvToken } };
}

/** What `prepareImmediate` handed out; undefined when nothing was prepared. Throws `internal` for anything else. */
export function preparedToken(prepared: PreparedValidation | undefined): string | undefined {
  const token = prepared?.token['dcvToken'];
  if (token === undefined || typeof token === 'string') return token;
  throw new RenewdError('internal', 'the stored preparation holds no token');
}

/**
 * The one documented refusal that waiting mends: "if the change was not propagated, AddCertificate will fail
 * immediately […] nothing is charged" (9.1.20). Its code is not documented; 549 is what refusals of the CA end with.
 */
export function refusedToken(thrown: unknown): unknown {
  if (!(thrown instanceof RenewdError) || thrown.fields['resultCode'] !== 549) return thrown;
  return new RenewdError('dcv-not-visible', `the CA did not find the proof: ${thrown.message}`, {
    cause: thrown,
    fields: thrown.fields,
  });
}

function impossible(why: string): RenewdError {
  return new RenewdError('provider-rejected', `\`immediate\` is not possible for this order: ${why}`, {
    kind: 'configuration',
  });
}

function tokenOf(answer: Answer): string {
  const tokens = new Set(column(answer, 'DCVTOKEN').filter((token) => token !== undefined));
  const [token] = tokens;
  // The order takes exactly one, and it becomes a label, a text or a file.
  if (token === undefined || tokens.size > 1) throw protocol('it holds no single validation token');
  if (!/^[A-Za-z0-9_-]{8,63}$/.test(token)) throw protocol('its validation token has an unusual form');
  return token;
}

/** The token at every name, in the forms that instructions come in after a usual order. */
function placesOf(request: OrderRequest, token: string): ChallengeColumns {
  const names = [...new Set(request.names.map((name) => name.replace(/^\*\./, '')))];
  const alias = (name: string): string => `${token}.${name}. IN CNAME ${aliasTarget}`;
  const { method, record } = request.dcv;
  return {
    domains: names,
    dcvDomains: names,
    dcvEmails: [],
    records: method === 'dns' ? names.map((name) => (record === 'cname' ? alias(name) : token)) : [],
    fileNames: method === 'file' ? names.map((name) => `http://${name}/${fileName}`) : [],
    fileContents: method === 'file' ? names.map(() => token) : [],
  };
}
