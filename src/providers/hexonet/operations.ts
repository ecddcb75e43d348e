/** The commands that renewals do not need, for people. None of them costs money. */
import type {
  OperationParameter,
  OperationResult,
  ProviderOperation,
} from '../../contracts/provider-operations.ts';
import { RenewdError } from '../../core/errors.ts';
import { isId } from '../../vendors/command-text/fields.ts';
import { isAddress } from '../../vendors/command-text/proof-place.ts';
import { column, single, type Answer } from '../../vendors/command-text/wire.ts';
import { csrKeySha256 } from '../../vendors/common/csr-key.ts';
import { bounded } from '../../vendors/common/text.ts';
import type { Client } from './client.ts';
import { className } from './products.ts';
import { readApprovers, readCertificatePage } from './schema.ts';

type Given = Readonly<Record<string, readonly string[]>>;

const certificate: OperationParameter = {
  name: 'certificate',
  description: 'Id of the certificate at HEXONET (SSLCERTID).',
  required: true,
};

const mailTypes = ['InviteEmail', 'ApproverEmail', 'PickUpEmail', 'FulfillmentEmail', 'PhoneAuthEmail'];

/** Nobody reads more on a terminal; the vendor's own default is 10 000. */
const limitMax = 200;

export function createOperations(client: Client): readonly ProviderOperation[] {
  return [
    {
      name: 'certificate-list',
      summary: 'Certificate orders of the account, oldest first',
      command: 'QuerySSLCertList',
      effect: 'reads',
      parameters: [
        { name: 'class', description: 'Only this class, e.g. COMODO_ESSENTIALSSL; * matches anything.' },
        { name: 'status', description: 'Only this state, e.g. ACTIVE; * matches anything.' },
        { name: 'name', description: 'Only this common name; * matches anything.' },
        { name: 'first', description: 'Index of the first row, from 0.' },
        { name: 'limit', description: `Most rows, 1 to ${limitMax}; default ${limitMax}.` },
      ],
      loginCheck: { limit: ['1'] },
      async run(given, signal) {
        const first = integerOf(given, 'first', 0, 1_000_000) ?? 0;
        const filter = {
          className: lineOf(given, 'class'),
          status: lineOf(given, 'status'),
          commonName: lineOf(given, 'name'),
        };
        const limit = integerOf(given, 'limit', 1, limitMax) ?? limitMax;
        const { answer } = await client.querySslCertList({ ...present(filter), first, limit }, signal);
        const { rows, total, next } = readCertificatePage(answer, first);
        return { data: { total, next, certificates: rows.map(plainRow) } };
      },
    },
    {
      name: 'certificate-status',
      summary: 'Everything the provider says about one certificate, without a private key',
      command: 'StatusSSLCert',
      effect: 'reads',
      parameters: [certificate],
      async run(given, signal) {
        const { answer } = await client.statusSslCert(idOf(given), signal);
        return { data: plainProperties(answer) };
      },
    },
    {
      name: 'certificate-key',
      summary: 'The private key that the provider made or was given, into a file',
      command: 'StatusSSLCert',
      effect: 'reads',
      parameters: [certificate],
      async run(given, signal): Promise<OperationResult> {
        const id = idOf(given);
        const { answer, privateKey } = await client.statusSslCert(id, signal);
        if (privateKey === undefined) {
          throw new RenewdError(
            'provider-object-missing',
            `the provider holds no private key of certificate ${id}`,
          );
        }
        const length = single(answer, 'KEYLENGTH');
        return {
          data: { certificate: id, keyLength: /^\d{1,5}$/.test(length ?? '') ? Number(length) : null },
          file: privateKey,
        };
      },
    },
    {
      name: 'csr-parse',
      summary: 'What the provider reads in a CSR',
      command: 'ParseSSLCertCSR',
      effect: 'reads',
      parameters: [{ name: 'csr', description: 'The CSR, as PEM text.', required: true }],
      async run(given, signal) {
        const [csr = ''] = given['csr'] ?? [];
        if (csr.length > 64 * 1024 || csrKeySha256(csr) === undefined) throw usage('csr', 'is no CSR in PEM');
        const { answer } = await client.parseSslCertCsr(csr, signal);
        return { data: plainProperties(answer) };
      },
    },
    {
      name: 'approver-list',
      summary: 'Addresses that may approve a name by e-mail, or those of an order',
      command: 'QuerySSLCertDCVEMailAddressList',
      effect: 'reads',
      parameters: [
        { name: 'class', description: 'Class of the certificate to be ordered; with a domain.' },
        { name: 'domain', description: 'Name to be validated.' },
        { name: 'certificate', description: 'Instead of both: id of an order.' },
      ],
      async run(given, signal) {
        const { answer } = await client.querySslCertDcvEmailAddressList(questionOf(given), signal);
        return {
          data: {
            addresses: readApprovers(answer).map(({ email, level }) => ({ email, level: level ?? null })),
          },
        };
      },
    },
    {
      name: 'email-resend',
      summary: 'Send the validation mail of an order again',
      command: 'ResendSSLCertEmail',
      effect: 'changes',
      parameters: [
        certificate,
        { name: 'type', description: `Which mail: ${mailTypes.join(', ')}; default ApproverEmail.` },
        { name: 'email', description: 'Address to send it to; default: the one of last time.' },
      ],
      async run(given, signal) {
        const [type, email] = [lineOf(given, 'type'), lineOf(given, 'email')];
        if (type !== undefined && !mailTypes.includes(type))
          throw usage('type', `is none of ${mailTypes.join(', ')}`);
        if (email !== undefined && !isAddress(email)) throw usage('email', 'is no e-mail address');
        const certificateId = idOf(given);
        await client.resendSslCertEmail({ certificateId, type, email }, signal);
        return { data: { certificate: certificateId, sent: true } };
      },
    },
  ];
}

function questionOf(given: Given): Parameters<Client['querySslCertDcvEmailAddressList']>[0] {
  const [product, domain] = [lineOf(given, 'class'), lineOf(given, 'domain')];
  if (given['certificate'] !== undefined) return { certificateId: idOf(given) };
  if (product === undefined || domain === undefined)
    throw usage('class', 'and domain are needed, or certificate');
  if (!/^[A-Za-z0-9*_.-]{1,253}$/.test(domain)) throw usage('domain', 'is no domain name');
  return { className: className(product), domain: domain.replace(/^\*\./, '') };
}

function idOf(given: Given): string {
  const [id = ''] = given['certificate'] ?? [];
  if (!isId(id)) throw usage('certificate', 'is no certificate id');
  return id;
}

function lineOf(given: Given, name: string): string | undefined {
  const [text] = given[name] ?? [];
  if (text !== undefined && !/^[^\p{Cc}\p{Zl}\p{Zp}]{1,250}$/u.test(text))
    throw usage(name, 'is not one short line');
  return text;
}

function integerOf(given: Given, name: string, min: number, max: number): number | undefined {
  const [text] = given[name] ?? [];
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw usage(name, `is no number from ${min} to ${max}`);
  return value;
}

function usage(name: string, what: string): RenewdError {
  return new RenewdError('usage', `${name} ${what}`);
}

function present(filter: { readonly [Key in 'className' | 'status' | 'commonName']: string | undefined }): {
  readonly [Key in 'className' | 'status' | 'commonName']?: string;
} {
  const { className: product, status, commonName } = filter;
  return {
    ...(product === undefined ? {} : { className: className(product) }),
    ...(status === undefined ? {} : { status }),
    ...(commonName === undefined ? {} : { commonName }),
  };
}

function plainRow(row: ReturnType<typeof readCertificatePage>['rows'][number]): unknown {
  return {
    certificate: row.certificateId,
    class: row.className === undefined ? null : bounded(row.className, 100),
    name: row.commonName ?? null,
    status: row.statusWord ?? null,
    created: row.createdAt?.toISOString() ?? null,
    updated: row.updatedAt?.toISOString() ?? null,
    expires: row.expiresAt?.toISOString() ?? null,
  };
}

/** Most properties that are shown, and values of each; a status has about a hundred, a chain as many lines. */
const shownMax = 500;

/** By property name; the transport took the private key out already. */
function plainProperties(answer: Answer): unknown {
  const names = Object.keys(answer.properties).filter((name) => /^[A-Z0-9-]{1,60}$/.test(name));
  return Object.fromEntries(
    names.slice(0, shownMax).map((name) => {
      const values = column(answer, name).slice(0, shownMax);
      return [name, values.map((value) => (value === undefined ? null : bounded(value)))];
    }),
  );
}
