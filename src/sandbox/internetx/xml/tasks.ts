/** The gateway's tasks: what is read from each, which route does the work, and what its answer says. */
import { certificateInfo, commentCertificate, revokeSerial, searchCertificates } from '../certificates.ts';
import { resendApproverEmail, resendPhoneAuthorization } from '../job-actions.ts';
import { jobHistoryInfo, jobInfo as openJobInfo, searchJobHistory, searchJobs } from '../jobs.ts';
import { createCertificate, deleteCertificate, reissueCertificate, renewCertificate } from '../ordering.ts';
import { pollConfirm, pollInfo } from '../poll.ts';
import { prepareOrder } from '../prepare.ts';
import { createRealtime } from '../realtime.ts';
import type { Handler } from '../routes.ts';
import { contactInfo, createContact, deleteContact, searchContacts, updateContact } from '../ssl-contacts.ts';
import { patchZone, searchZones, zoneInfo } from '../zones.ts';
import * as answers from './answers.ts';
import type { DataWriter } from './answers.ts';
import { confirmedMessage, polledMessage } from './poll-answers.ts';
import { jobQuery, queryRequest } from './query.ts';
import { certificateBody, contactBody, objectOf, prepareBody, zoneKey, zonePatch } from './requests.ts';
import type { TaskRequest } from './requests.ts';
import type { TaskObject } from './task-object.ts';

export interface Task {
  readonly read: (task: TaskObject) => TaskRequest;
  readonly run: Handler;
  readonly write: DataWriter;
}

const order = (task: TaskObject): TaskRequest =>
  objectOf(task, 'certificate', (part) => ({ body: certificateBody(part) }));

/** Reissue and renewal: an order, and which certificate it is for. */
const orderForId = (task: TaskObject): TaskRequest =>
  objectOf(task, 'certificate', (part) => ({ id: part.id(), body: certificateBody(part) }));

const certificateId = (task: TaskObject): TaskRequest =>
  objectOf(task, 'certificate', (part) => ({ id: part.id() }));

const jobId = (task: TaskObject): TaskRequest =>
  objectOf(task, 'certificate_job', (part) => objectOf(part, 'job', (job) => ({ id: job.id() })));

const contactId = (task: TaskObject): TaskRequest => objectOf(task, 'contact', (part) => ({ id: part.id() }));

const none = (): TaskRequest => ({});

export const TASKS: ReadonlyMap<string, Task> = new Map<string, Task>([
  [
    '400110',
    {
      read: (task) => objectOf(task, 'certificate_request', (part) => ({ body: prepareBody(part) })),
      run: prepareOrder,
      write: answers.certificateRequest,
    },
  ],
  ['400101', { read: order, run: createCertificate, write: answers.startedJob }],
  ['400102', { read: orderForId, run: reissueCertificate, write: answers.startedJob }],
  ['400106', { read: orderForId, run: renewCertificate, write: answers.startedJob }],
  ['400103', { read: certificateId, run: deleteCertificate, write: answers.startedJob }],
  ['4001012', { read: order, run: createRealtime, write: answers.oneCertificate }],
  ['400104', { read: certificateId, run: certificateInfo, write: answers.oneCertificate }],
  ['400105', { read: queryRequest, run: searchCertificates, write: answers.certificateList }],
  [
    '4001024',
    {
      read: (task) =>
        objectOf(task, 'certificate', (part) => ({
          id: part.id(),
          body: { comment: part.text('comment') ?? '' },
        })),
      run: commentCertificate,
      write: answers.nothing,
    },
  ],
  [
    '4001031',
    {
      read: (task) =>
        objectOf(task, 'certificate', (part) => ({
          id: part.id(),
          body: { serialNumber: part.text('serial_number') },
        })),
      run: revokeSerial,
      write: answers.nothing,
    },
  ],
  ['400114', { read: jobId, run: openJobInfo, write: answers.jobInfo }],
  // Attested by its number only; the same question about the same kind of object as 400114.
  ['300134', { read: jobId, run: jobHistoryInfo, write: answers.jobInfo }],
  ['400115', { read: jobQuery, run: searchJobs, write: answers.jobList }],
  ['400135', { read: jobQuery, run: searchJobHistory, write: answers.jobList }],
  ['400118', { read: jobId, run: resendApproverEmail, write: answers.nothing }],
  ['400119', { read: jobId, run: resendPhoneAuthorization, write: answers.nothing }],
  [
    '400201',
    {
      read(task) {
        // Clients send it so that a second contact of the same name is taken, which it always is here.
        task.flag('force_contact_create');
        return objectOf(task, 'contact', (part) => ({ body: contactBody(part) }));
      },
      run: createContact,
      // The new id stands in the status.
      write: answers.nothing,
    },
  ],
  [
    '400202',
    {
      read: (task) => objectOf(task, 'contact', (part) => ({ id: part.id(), body: contactBody(part) })),
      run: updateContact,
      write: answers.nothing,
    },
  ],
  ['400203', { read: contactId, run: deleteContact, write: answers.nothing }],
  ['400204', { read: contactId, run: contactInfo, write: answers.oneContact }],
  ['400205', { read: queryRequest, run: searchContacts, write: answers.contactList }],
  ['0905', { read: none, run: pollInfo, write: polledMessage }],
  [
    '0906',
    {
      read: (task) => objectOf(task, 'message', (part) => ({ id: part.id() })),
      run: pollConfirm,
      write: confirmedMessage,
    },
  ],
  ['0202001', { read: zonePatch, run: patchZone, write: answers.nothing }],
  [
    '0205',
    {
      read(task) {
        const [path] = task.parts('zone', zoneKey);
        return path === undefined ? queryRequest(task) : { path, keys: task.texts('key') };
      },
      run: (context) => (context.path.name === undefined ? searchZones(context) : zoneInfo(context)),
      write: answers.zones,
    },
  ],
]);
