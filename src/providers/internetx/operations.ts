/** What an operator may ask InterNetX by hand: tasks that renewals do not need. Absent where the encoding has none. */
import type { OperationResult, ProviderOperation } from '../../contracts/provider-operations.ts';
import { RenewdError } from '../../core/errors.ts';
import { contactOf, contactParameters } from './contact-parameters.ts';
import type { InternetxGateway, ListFilter, ListQuery, Page, Seen } from './gateway.ts';
import { repeat, type Session } from './lookup.ts';
import { shown } from './shown.ts';

type Given = Readonly<Record<string, readonly string[]>>;
type Run = (given: Given, signal: AbortSignal) => Promise<OperationResult>;

const certificateParameter = {
  name: 'certificate',
  description: 'Id of the certificate at InterNetX.',
  required: true,
} as const;
const jobParameter = { name: 'job', description: 'Id of the job.', required: true } as const;
const contactParameter = { name: 'contact', description: 'Id of the SSL contact.', required: true } as const;

const listParameters = [
  {
    name: 'filter',
    description:
      'FIELD=VALUE, or FIELD~VALUE with * for any text; fields as InterNetX names them: name, product, orderId, comment, id, object. All must hold; the XML gateway takes one.',
    several: true,
  },
  { name: 'limit', description: 'Most rows, 1 to 500; default 50.' },
  { name: 'offset', description: 'Rows to leave out at the beginning, newest first; default 0.' },
  { name: 'field', description: 'A further field that rows are to have, e.g. expire.', several: true },
] as const;

export function createOperations(session: Session): readonly ProviderOperation[] {
  const { gateway } = session;

  /** Sent again when it fails on the way: only for what gateway.ts marks repeatable. */
  const again = <T>(signal: AbortSignal, fn: () => Promise<T>): Promise<T> => repeat(session, signal, fn);

  function listRun(list: (query: ListQuery, signal: AbortSignal) => Promise<Page<unknown>>): Run {
    return async (given, signal) => {
      const query = listQuery(given);
      const { rows, summary } = await again(signal, () => list(query, signal));
      return { data: { summary: summary ?? null, rows: rows.map(({ raw }) => shown(raw)) } };
    };
  }

  function infoRun(
    parameter: string,
    look: (id: string, signal: AbortSignal) => Promise<Seen<unknown> | undefined>,
  ): Run {
    return async (given, signal) => {
      const id = idOf(given, parameter);
      const found = await again(signal, () => look(id, signal));
      if (found === undefined)
        throw new RenewdError('provider-object-missing', `InterNetX shows no ${parameter} ${id}`);
      return { data: shown(found.raw) };
    };
  }

  function changeRun(
    parameter: string,
    change: (id: string, given: Given, signal: AbortSignal) => Promise<void>,
  ): Run {
    return async (given, signal) => {
      const id = idOf(given, parameter);
      await again(signal, () => change(id, given, signal));
      return { data: { done: true, [parameter]: id } };
    };
  }

  return [
    ...certificateOperations(gateway, { listRun, infoRun, changeRun }),
    ...jobOperations(gateway, { listRun, infoRun, changeRun }),
    ...contactOperations(gateway, { listRun, infoRun, changeRun }),
    ...optionalOperation(gateway.hello, (hello) => ({
      name: 'connection-check',
      summary: 'Whether address, user, password and context are right',
      command: 'Hello',
      effect: 'reads',
      parameters: [],
      run: async (_given, signal) => {
        await again(signal, () => hello(signal));
        return { data: { done: true } };
      },
    })),
  ];
}

interface Runs {
  readonly listRun: (list: (query: ListQuery, signal: AbortSignal) => Promise<Page<unknown>>) => Run;
  readonly infoRun: (
    parameter: string,
    look: (id: string, signal: AbortSignal) => Promise<Seen<unknown> | undefined>,
  ) => Run;
  readonly changeRun: (
    parameter: string,
    change: (id: string, given: Given, signal: AbortSignal) => Promise<void>,
  ) => Run;
}

function certificateOperations(gateway: InternetxGateway, runs: Runs): readonly ProviderOperation[] {
  return [
    {
      name: 'certificate-list',
      summary: 'Certificates of the account, newest first',
      command: 'CertificateList',
      effect: 'reads',
      parameters: listParameters,
      loginCheck: { limit: ['1'] },
      run: runs.listRun(gateway.list),
    },
    {
      name: 'certificate-info',
      summary: 'Everything that InterNetX shows of a certificate',
      command: 'CertificateInfo',
      effect: 'reads',
      parameters: [certificateParameter],
      run: runs.infoRun('certificate', gateway.info),
    },
    {
      name: 'certificate-delete',
      summary: 'End a certificate with its whole paid term',
      command: 'CertificateDelete',
      effect: 'changes',
      parameters: [certificateParameter],
      // Not repeatable: sent once.
      run: async (given, signal) => {
        const { jobId, word } = await gateway.remove(idOf(given, 'certificate'), signal);
        return { data: { accepted: word, job: jobId ?? null } };
      },
    },
    ...optionalOperation(gateway.comment, (comment) => ({
      name: 'certificate-comment',
      summary: 'Write a comment to a certificate',
      command: 'CertificateComment',
      effect: 'changes',
      parameters: [certificateParameter, { name: 'text', description: 'The comment.', required: true }],
      run: runs.changeRun('certificate', (id, given, signal) => comment(id, given.text?.[0] ?? '', signal)),
    })),
  ];
}

function jobOperations(gateway: InternetxGateway, runs: Runs): readonly ProviderOperation[] {
  return [
    {
      name: 'job-list',
      summary: 'Jobs that run',
      command: 'JobList',
      effect: 'reads',
      parameters: listParameters,
      run: runs.listRun(gateway.jobList),
    },
    {
      name: 'job-history-list',
      summary: 'Jobs that have ended',
      command: 'JobHistoryList',
      effect: 'reads',
      parameters: listParameters,
      run: runs.listRun(gateway.jobHistoryList),
    },
    {
      name: 'job-info',
      summary: 'A job that runs',
      command: 'JobInfo',
      effect: 'reads',
      parameters: [jobParameter],
      run: runs.infoRun('job', gateway.jobInfo),
    },
    {
      name: 'job-history-info',
      summary: 'A job that has ended',
      command: 'JobHistoryInfo',
      effect: 'reads',
      parameters: [jobParameter],
      run: runs.infoRun('job', gateway.jobHistoryInfo),
    },
    ...optionalOperation(gateway.jobCancel, (jobCancel) => ({
      name: 'job-cancel',
      summary: 'Cancel a job before its certificate is issued',
      command: 'JobCancel',
      effect: 'changes',
      parameters: [jobParameter],
      run: runs.changeRun('job', (id, _given, signal) => jobCancel(id, signal)),
    })),
    ...optionalOperation(gateway.jobRetry, (jobRetry) => ({
      name: 'job-retry',
      summary: 'Run the present step of a job again',
      command: 'JobRetry',
      effect: 'changes',
      parameters: [jobParameter],
      run: runs.changeRun('job', (id, _given, signal) => jobRetry(id, signal)),
    })),
    {
      name: 'approver-mail-resend',
      summary: 'Send the approval mail of a job once more',
      command: 'JobResendApproverEmail',
      effect: 'changes',
      parameters: [jobParameter],
      run: runs.changeRun('job', (id, _given, signal) => gateway.resendApproverMail(id, signal)),
    },
  ];
}

function contactOperations(gateway: InternetxGateway, runs: Runs): readonly ProviderOperation[] {
  return [
    {
      name: 'contact-list',
      summary: 'SSL contacts of the account',
      command: 'SslContactList',
      effect: 'reads',
      parameters: listParameters,
      run: runs.listRun(gateway.contactList),
    },
    {
      name: 'contact-info',
      summary: 'An SSL contact',
      command: 'SslContactInfo',
      effect: 'reads',
      parameters: [contactParameter],
      run: runs.infoRun('contact', gateway.contactInfo),
    },
    {
      name: 'contact-create',
      summary: 'Make an SSL contact',
      command: 'SslContactCreate',
      effect: 'changes',
      parameters: contactParameters(true),
      // Not repeatable: sent once.
      run: async (given, signal) => ({
        data: { contact: await gateway.contactCreate(contactOf(given), signal) },
      }),
    },
    {
      name: 'contact-update',
      summary: 'Write an SSL contact; fields that are not given stay',
      command: 'SslContactUpdate',
      effect: 'changes',
      parameters: [contactParameter, ...contactParameters(false)],
      run: runs.changeRun('contact', async (id, given, signal) => {
        const present = (await gateway.contactInfo(id, signal))?.value;
        await gateway.contactUpdate(id, contactOf(given, present), signal);
      }),
    },
    {
      name: 'contact-delete',
      summary: 'Delete an SSL contact',
      command: 'SslContactDelete',
      effect: 'changes',
      parameters: [contactParameter],
      run: runs.changeRun('contact', (id, _given, signal) => gateway.contactRemove(id, signal)),
    },
  ];
}

function optionalOperation<T>(
  call: T | undefined,
  operation: (call: T) => ProviderOperation,
): readonly ProviderOperation[] {
  return call === undefined ? [] : [operation(call)];
}

function idOf(given: Given, parameter: string): string {
  const id = given[parameter]?.[0] ?? '';
  if (/^\d{1,20}$/.test(id)) return id;
  throw new RenewdError('usage', `${parameter}: an id at InterNetX is a decimal number`);
}

function listQuery(given: Given): ListQuery {
  return {
    filters: (given.filter ?? []).map(filterOf),
    limit: numberOf(given, 'limit', 50, 1, 500),
    offset: numberOf(given, 'offset', 0, 0, 1_000_000),
    keys: (given.field ?? []).map((field) => {
      if (/^[A-Za-z_]{1,40}$/.test(field)) return field;
      throw new RenewdError('usage', 'field: the name of a field, letters only');
    }),
  };
}

function filterOf(text: string): ListFilter {
  const match = /^([A-Za-z_.]{1,40})([=~])([^\p{Cc}]{1,255})$/u.exec(text);
  if (match === null) throw new RenewdError('usage', 'filter: FIELD=VALUE or FIELD~VALUE');
  const [, key = '', sign, value = ''] = match;
  return { key, operator: sign === '=' ? 'EQUAL' : 'LIKE', value };
}

function numberOf(given: Given, name: string, fallback: number, min: number, max: number): number {
  const text = given[name]?.[0];
  if (text === undefined) return fallback;
  const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new RenewdError('usage', `${name}: a number from ${min} to ${max}`);
}
