/** What an operator may ask of Resello by hand. Nothing here orders anything. */
import type {
  OperationParameter,
  OperationResult,
  ProviderOperation,
} from '../../contracts/provider-operations.ts';
import { RenewdError } from '../../core/errors.ts';
import { downloadFormats } from './client.ts';
import { isAddress } from './details.ts';
import { dcvMethod, dcvWords } from './mapping.ts';
import { listAll, quietOn, repeat, type Session } from './session.ts';
import { askValidation } from './validation.ts';
import { shown, unwrapObject } from './wire.ts';

type Values = Readonly<Record<string, readonly string[]>>;

const certificate: OperationParameter = {
  name: 'certificate',
  description: 'Id of the certificate at Resello.',
  required: true,
};

export function createOperations(session: Session): readonly ProviderOperation[] {
  const { client } = session;
  return [
    {
      name: 'certificate-list',
      summary: 'All certificates of the account.',
      command: 'CertificateList',
      effect: 'reads',
      parameters: [
        { name: 'plan', description: 'Only of the plan with this id.' },
        { name: 'reference', description: 'Only with this client reference, exactly.' },
      ],
      loginCheck: { reference: ['renewd-doctor'] },
      run: async (values, signal) => {
        const [plan, reference] = [one(values, 'plan'), one(values, 'reference')];
        const filter = {
          ...(plan === undefined ? {} : { plan }),
          ...(reference === undefined ? {} : { clientReference: reference }),
        };
        const { rows, complete } = await listAll(
          session,
          'CertificateList',
          () => client.list(filter, signal),
          signal,
        );
        // Whether the vendor compares exactly is not known.
        const exact = rows.filter((row) => reference === undefined || referenceOf(row) === reference);
        return { data: { complete, certificates: shown(exact) } };
      },
    },
    {
      name: 'certificate-read',
      summary: 'One certificate as Resello shows it.',
      command: 'CertificateRead',
      effect: 'reads',
      parameters: [certificate],
      run: (values, signal) => object(session, signal, () => client.read(id(values), signal)),
    },
    {
      name: 'validation-details',
      summary: 'The steps of validation that are done or still to be taken.',
      command: 'CertificateValidationDetails',
      effect: 'reads',
      parameters: [certificate],
      run: async (values, signal) => ({
        data: shown(
          (await repeat(session, signal, () => client.validationDetails(id(values), signal))) ?? null,
        ),
      }),
    },
    {
      name: 'validate',
      summary: 'Have the domain validated again, by the same or by another method.',
      command: 'CertificateValidate',
      effect: 'changes',
      parameters: [
        certificate,
        { name: 'method', description: 'dns, file or email.', required: true },
        { name: 'email', description: 'With method email: where to send the mail.' },
        { name: 'domain', description: 'The domain, where the vendor asks for it.' },
      ],
      run: async (values, signal) => {
        await askValidation(session, id(values), validationOf(values), signal);
        return { data: { asked: id(values) } };
      },
    },
    {
      name: 'download',
      summary: 'The files of a certificate: zip, pkcs7, crt, csr or ca.',
      command: 'CertificateDownload',
      effect: 'reads',
      parameters: [certificate, { name: 'format', description: downloadFormats.join(', '), required: true }],
      run: async (values, signal) => {
        const format = downloadFormats.find((known) => known === one(values, 'format'));
        if (format === undefined) throw wrong(`format is one of ${downloadFormats.join(', ')}`);
        const file = await repeat(session, signal, () => client.download(id(values), format, signal));
        return { data: { certificate: id(values), format, bytes: file.length }, file };
      },
    },
    {
      name: 'certificate-delete',
      summary:
        'WARNING: ends a certificate at once and with it its paid term; refunded only inside the grace period of its plan.',
      command: 'CertificateDelete',
      effect: 'changes',
      parameters: [certificate],
      run: async (values, signal) => {
        // Not quiet: a mistyped id must not look like a deletion.
        await repeat(session, signal, () => client.remove(id(values), signal));
        return { data: { deleted: id(values) } };
      },
    },
    {
      name: 'plan-list',
      summary: 'The plans that can be ordered; their ids are the products of the inventory.',
      command: 'PlanList',
      effect: 'reads',
      parameters: [
        { name: 'name', description: 'A part of the name.' },
        { name: 'id', description: 'Only the plan with this id.', several: true },
      ],
      run: async (values, signal) => {
        const name = one(values, 'name');
        const ids = values['id'];
        const filter = { ...(name === undefined ? {} : { name }), ...(ids === undefined ? {} : { id: ids }) };
        const { rows, complete } = await listAll(
          session,
          'PlanList',
          () => client.plans(filter, signal),
          signal,
        );
        return { data: { complete, plans: shown(rows) } };
      },
    },
    {
      name: 'plan-read',
      summary: 'One plan: its length, and from when on it can be renewed.',
      command: 'PlanRead',
      effect: 'reads',
      parameters: [{ name: 'plan', description: 'Id of the plan.', required: true }],
      run: (values, signal) => object(session, signal, () => client.plan(one(values, 'plan') ?? '', signal)),
    },
  ];
}

/** Quiet when it is gone already, as after an answer that was lost. */
export async function deleteCertificate(
  session: Session,
  certificateId: string,
  signal: AbortSignal,
): Promise<void> {
  await quietOn(
    ['not-found'],
    repeat(session, signal, () => session.client.remove(certificateId, signal)),
  );
}

async function object(
  session: Session,
  signal: AbortSignal,
  fn: () => Promise<unknown>,
): Promise<OperationResult> {
  return { data: shown(unwrapObject(await repeat(session, signal, fn))) };
}

function validationOf(values: Values): Parameters<typeof askValidation>[2] {
  const method = dcvMethod(one(values, 'method'));
  const email = one(values, 'email');
  if (method === undefined) throw wrong('method is dns, file or email');
  if (method === 'email' && (email === undefined || !isAddress(email))) {
    throw wrong('method email needs the address that the mail goes to (email)');
  }
  return { method: dcvWords[method], email, domain: one(values, 'domain') };
}

function referenceOf(row: unknown): unknown {
  return typeof row === 'object' && row !== null && 'client_reference' in row
    ? row.client_reference
    : undefined;
}

function id(values: Values): string {
  return one(values, 'certificate') ?? '';
}

function one(values: Values, name: string): string | undefined {
  return values[name]?.[0];
}

function wrong(why: string): RenewdError {
  return new RenewdError('usage', why);
}
