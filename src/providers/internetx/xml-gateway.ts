/**
 * The gateway over XML. Tasks without an attested XML form are absent: realtime order, comment, retry and cancelling of a
 * job, the connection test. Answers become objects with the JSON API's field names in xml-objects.ts.
 */
import { childrenOf, type XmlElement, type XmlNode } from '../../vendors/common/xml.ts';
import type { Account, VendorDependencies } from '../../vendors/internetx/account.ts';
import { createXmlTransport } from '../../vendors/internetx/xml-transport.ts';
import type { XmlEnvelope } from '../../vendors/internetx/xml-wire.ts';
import { isUnknownSearchKey } from '../../vendors/internetx/errors.ts';
import type { Accepted, InternetxGateway, ListQuery } from './gateway.ts';
import { acceptedOf, contactIdOf } from './answers.ts';
import {
  certificateSchema,
  contactSchema,
  firstOf,
  objectJobSchema,
  pageOf,
  parseAs,
  pollMessageSchema,
  preparedSchema,
} from './schema.ts';
import { plainJob, plainMessage, plainObject } from './xml-objects.ts';
import {
  certificateNodes,
  jobNodes,
  listNodes,
  messageNodes,
  orderNodes,
  prepareNodes,
  sslContactNodes,
} from './xml-requests.ts';

export interface XmlTaskFact {
  /** The same names as in json-routes.ts. */
  readonly command: string;
  readonly task: string;
  readonly repeatable: boolean;
}

function repeatable(command: string, task: string): XmlTaskFact {
  return { command, task, repeatable: true };
}

function single(command: string, task: string): XmlTaskFact {
  return { command, task, repeatable: false };
}

/** Numbers: reissue walkthrough; help pages Managing Certificate Orders and XML API Basics. */
export const tasks = {
  prepareOrder: repeatable('CertificatePrepareOrder', '400110'),
  create: single('CertificateCreate', '400101'),
  reissue: single('CertificateReissue', '400102'),
  renew: single('CertificateRenew', '400106'),
  remove: single('CertificateDelete', '400103'),
  revoke: single('CertificateRevoke', '4001031'),
  info: repeatable('CertificateInfo', '400104'),
  list: repeatable('CertificateList', '400105'),
  pollInfo: repeatable('PollInfo', '0905'),
  pollConfirm: repeatable('PollConfirm', '0906'),
  jobInfo: repeatable('JobInfo', '400114'),
  jobList: repeatable('JobList', '400115'),
  jobHistoryList: repeatable('JobHistoryList', '400135'),
  resendApproverMail: repeatable('JobResendApproverEmail', '400118'),
  contactCreate: single('SslContactCreate', '400201'),
  contactUpdate: repeatable('SslContactUpdate', '400202'),
  contactRemove: repeatable('SslContactDelete', '400203'),
  contactInfo: repeatable('SslContactInfo', '400204'),
  contactList: repeatable('SslContactList', '400205'),
} as const satisfies Record<string, XmlTaskFact>;

type TaskName = keyof typeof tasks;

export function createXmlGateway(account: Account, dependencies: VendorDependencies): InternetxGateway {
  const transport = createXmlTransport(account, dependencies);

  function send(
    name: TaskName,
    content: readonly XmlNode[],
    signal: AbortSignal,
    ctid?: string,
  ): Promise<XmlEnvelope> {
    return transport.send({ ...tasks[name], content, ...(ctid === undefined ? {} : { ctid }) }, signal);
  }

  const quiet = async (name: TaskName, content: readonly XmlNode[], signal: AbortSignal): Promise<void> => {
    await send(name, content, signal);
  };

  const history: InternetxGateway['jobHistoryList'] = async (query, signal) => {
    const envelope = await send('jobHistoryList', listNodes(query), signal);
    return pageOf(
      objectJobSchema,
      rowsOf(envelope.data, 'certificate_job', plainJob),
      envelope,
      'a listed job',
    );
  };

  return {
    prepareOrder: async (request, signal) => {
      const { data } = await send('prepareOrder', prepareNodes(request), signal);
      const [row] = rowsOf(data, 'certificate_request', plainObject);
      return parseAs(preparedSchema, row, 'a prepared order');
    },
    create: async (order, ctid, signal) => accepted(await send('create', orderNodes(order), signal, ctid)),
    reissue: async (id, order, ctid, signal) =>
      accepted(await send('reissue', orderNodes(order, id), signal, ctid)),
    renew: async (id, order, ctid, signal) =>
      accepted(await send('renew', orderNodes(order, id), signal, ctid)),
    remove: async (id, signal) => accepted(await send('remove', certificateNodes(id), signal)),
    revoke: (id, serialNumber, signal) => quiet('revoke', certificateNodes(id, serialNumber), signal),
    info: async (id, signal) => {
      const { data } = await send('info', certificateNodes(id), signal);
      return firstOf(certificateSchema, rowsOf(data, 'certificate', plainObject), 'a certificate');
    },
    list: async (query, signal) => {
      const envelope = await send('list', listNodes(query), signal);
      const rows = rowsOf(envelope.data, 'certificate', plainObject);
      return pageOf(certificateSchema, rows, envelope, 'a listed certificate');
    },

    pollInfo: async (signal) => {
      const { data } = await send('pollInfo', [], signal);
      return firstOf(pollMessageSchema, rowsOf(data, 'message', plainMessage), 'a message of the queue');
    },
    pollConfirm: (id, signal) => quiet('pollConfirm', messageNodes(id), signal),

    jobInfo: async (id, signal) => {
      const { data } = await send('jobInfo', jobNodes(id), signal);
      return firstOf(objectJobSchema, rowsOf(data, 'certificate_job', plainJob), 'a job');
    },
    /** An ended job has no task of its own: its row in the list of ended jobs. */
    jobHistoryInfo: async (id, signal) => {
      const newest: ListQuery = { filters: [], limit: 100, offset: 0, keys: [] };
      const page = await history(
        { ...newest, filters: [{ key: 'id', operator: 'EQUAL', value: id }] },
        signal,
      ).catch((thrown: unknown) => {
        // Which keys this list knows is not documented.
        if (isUnknownSearchKey(thrown)) return history(newest, signal);
        throw thrown;
      });
      return page.rows.find(({ value }) => value.job.id === id);
    },
    jobList: async (query, signal) => {
      const envelope = await send('jobList', listNodes(query), signal);
      const rows = rowsOf(envelope.data, 'certificate_job', plainJob);
      return pageOf(objectJobSchema, rows, envelope, 'a listed job');
    },
    jobHistoryList: history,
    resendApproverMail: (id, signal) => quiet('resendApproverMail', jobNodes(id), signal),

    contactCreate: async (contact, signal) => {
      const envelope = await send('contactCreate', sslContactNodes(undefined, contact), signal);
      const [row] = rowsOf(envelope.data, 'contact', plainObject);
      return contactIdOf(contactSchema.safeParse(row).data?.id, envelope);
    },
    contactUpdate: (id, contact, signal) => quiet('contactUpdate', sslContactNodes(id, contact), signal),
    contactRemove: (id, signal) => quiet('contactRemove', sslContactNodes(id), signal),
    contactInfo: async (id, signal) => {
      const { data } = await send('contactInfo', sslContactNodes(id), signal);
      return firstOf(contactSchema, rowsOf(data, 'contact', plainObject), 'a contact');
    },
    contactList: async (query, signal) => {
      const envelope = await send('contactList', listNodes(query), signal);
      return pageOf(
        contactSchema,
        rowsOf(envelope.data, 'contact', plainObject),
        envelope,
        'a listed contact',
      );
    },

    close: () => transport.close(),
  };
}

function accepted(envelope: XmlEnvelope): Accepted {
  return acceptedOf(envelope, rowsOf(envelope.data, 'certificate_job', plainJob));
}

function rowsOf(
  data: XmlElement | undefined,
  name: string,
  plain: (element: XmlElement) => unknown,
): readonly unknown[] {
  return childrenOf(data, name).map(plain);
}
