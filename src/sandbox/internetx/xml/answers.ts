/** What stands in `data` of a task's answer. */
import type { Envelope, Json, JsonObject } from '../envelope.ts';
import { authenticationXml, certificateXml, contactXml, userXml } from './certificate-xml.ts';
import type { WritingContext } from './certificate-xml.ts';
import { fields, items, member, moment, text } from './json-values.ts';
import { element, leaf } from './writer.ts';
import type { XmlElement } from './writer.ts';

export type DataWriter = (envelope: Envelope, context: WritingContext) => XmlElement[];

export const toObject = (value: Json | undefined): JsonObject => Object.fromEntries(fields(value));

export const rows = ({ data }: Envelope): readonly Json[] => data ?? [];
const first = (envelope: Envelope): JsonObject => toObject(rows(envelope)[0]);

export const nothing: DataWriter = () => [];

export const oneCertificate: DataWriter = (envelope, context) => [certificateXml(first(envelope), context)];
export const oneContact: DataWriter = (envelope) => [contactXml('contact', first(envelope))];

export const summary = (count: number): XmlElement => ({ name: 'summary', content: String(count) });

/** How many there are in all, then the rows. */
function listed(write: (row: JsonObject, context: WritingContext) => XmlElement): DataWriter {
  return (envelope, context) => [
    summary(envelope.object?.summary ?? 0),
    ...rows(envelope).map((row) => write(toObject(row), context)),
  ];
}

export const certificateList = listed(certificateXml);
export const contactList = listed((row) => contactXml('contact', row));

/** DNS, file, mail: the vendor's sample shows the first two in this order. */
const METHODS = ['DNS', 'FILE', 'EMAIL'];

export const certificateRequest: DataWriter = (envelope, context) => {
  const data = first(envelope);
  const cdata = { cdata: true };
  const method = (each: Json): number => METHODS.indexOf(text(each, 'method') ?? '');
  const authentications = items(member(data, 'authentication')).toSorted((a, b) => method(a) - method(b));
  return [
    element(
      'certificate_request',
      leaf('plain', text(data, 'plain'), cdata),
      leaf('name', text(data, 'name'), cdata),
      leaf('key_size', text(data, 'keySize')),
      leaf('country_code', text(data, 'countryCode')),
      leaf('state', text(data, 'state'), cdata),
      leaf('city', text(data, 'city'), cdata),
      leaf('organization', text(data, 'organization'), cdata),
      leaf('organization_unit', text(data, 'organizationUnit')),
      leaf('email', text(data, 'email')),
      leaf('product', text(data, 'product')),
      authentications.map((each) => authenticationXml(each, true, context)),
      leaf('algorithm', text(data, 'algorithm')),
      leaf('signature_hash_algorithm', text(data, 'signatureHashAlgorithm')),
    ),
  ];
};

/** Of an order that was started: the id is the job's, and only an order that waits says so already. */
export const startedJob: DataWriter = (envelope, { user }) => {
  const id = text(first(envelope), 'id');
  const status = user.jobs.get(Number(id))?.status === 'WAIT' ? 'WAIT' : 'RUNNING';
  return [element('certificate_job', element('job', leaf('id', id), leaf('status', status)))];
};

/** 400114: the job, how far each step is, and the certificate as far as there is one. */
export const jobInfo: DataWriter = (envelope, context) => {
  const data = first(envelope);
  const job = member(data, 'job');
  const { xmlStepsWait } = context.world.options;
  const word = (status: string | undefined): string | undefined =>
    xmlStepsWait && status === 'IN_PROGRESS' ? 'WAIT' : status;
  return [
    element(
      'certificate_job',
      element(
        'job',
        leaf('id', text(job, 'id')),
        leaf('status', text(job, 'status')),
        leaf('sub_status', text(job, 'subStatus')),
        leaf('execution', moment(job, 'execution')),
        leaf('action', text(job, 'action')),
        leaf('sub_type', text(job, 'subType')),
        leaf('created', moment(job, 'created')),
        leaf('updated', moment(job, 'updated')),
      ),
      items(member(data, 'authentication')).map((step) =>
        element(
          'authentication',
          leaf('status', word(text(step, 'status'))),
          leaf('step', text(step, 'step')),
        ),
      ),
      certificateXml(toObject(member(member(data, 'object'), 'data')), context),
    ),
  ];
};

/** 400115 and 400135, in the order of the sample on the help page "Managing Certificate Orders". */
export const jobList = listed((row, { world }) => {
  const job = member(row, 'job');
  const owner = member(job, 'owner');
  const status = text(job, 'status');
  return element(
    'certificate_job',
    element(
      'job',
      leaf('id', text(job, 'id')),
      userXml('owner', owner),
      // The JSON answer does not tell; nobody but the owner changes a job here.
      userXml('updater', owner),
      leaf('object', text(member(row, 'object'), 'value')),
      leaf('status', world.options.xmlDeffered && status === 'DEFERRED' ? 'DEFFERED' : status),
      leaf('sub_status', text(job, 'subStatus')),
      leaf('created', moment(job, 'created')),
      leaf('updated', moment(job, 'updated')),
      leaf('type', text(job, 'type')),
      leaf('sub_type', text(job, 'subType')),
      leaf('action', text(job, 'action')),
      leaf('execution', moment(job, 'execution')),
    ),
  );
});

export const session: DataWriter = (envelope) => [
  element('auth_session', leaf('hash', text(first(envelope), 'hash'))),
];

/** The two forms a zone has: the recorded list, and one zone with its records. */
export function zoneXml(zone: JsonObject): XmlElement {
  const records = member(zone, 'resourceRecords');
  return element(
    'zone',
    leaf('changed', moment(zone, 'updated')),
    leaf('created', moment(zone, 'created')),
    leaf('name', text(zone, 'origin')),
    element('comment'),
    leaf('primary', text(zone, 'virtualNameServer')),
    leaf('domainsafe', text(zone, 'domainsafe')),
    userXml('owner', member(zone, 'owner')),
    userXml('updated_by', member(zone, 'updater')),
    leaf('system_ns', text(zone, 'virtualNameServer')),
    leaf('ns_action', 'complete'),
    items(records).map((record) =>
      element(
        'rr',
        leaf('name', text(record, 'name')),
        leaf('ttl', text(record, 'ttl')),
        leaf('type', text(record, 'type')),
        leaf('pref', text(record, 'pref')),
        leaf('value', text(record, 'value')),
      ),
    ),
  );
}

const zoneList = listed(zoneXml);
/** One zone that was named comes without a summary. */
export const zones: DataWriter = (envelope, context) =>
  envelope.object?.summary === undefined ? [zoneXml(first(envelope))] : zoneList(envelope, context);
