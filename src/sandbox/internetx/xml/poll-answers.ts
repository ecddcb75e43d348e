/** The queue's messages. A job's result is a status of its own inside; its id is called otherwise than in an order's. */
import type { Json } from '../envelope.ts';
import { rows, summary, toObject } from './answers.ts';
import type { DataWriter } from './answers.ts';
import { certificateXml, userXml } from './certificate-xml.ts';
import type { WritingContext } from './certificate-xml.ts';
import { fields, items, member, moment, scalar, snakeCase, text } from './json-values.ts';
import { element, leaf } from './writer.ts';
import type { XmlElement } from './writer.ts';

/** The task a job's result is told for; a reissue may call itself a first order. */
const TASKS: Readonly<Partial<Record<string, string>>> = {
  create: '400101',
  reissue: '400102',
  renew: '400106',
  delete: '400103',
  transfer: '0104',
};

export const polledMessage: DataWriter = (envelope, context) => {
  const [message] = rows(envelope);
  const count = summary(envelope.object?.summary ?? 0);
  return message === undefined ? [count] : [count, messageXml(message, context)];
};

/** How many are left; every sample of a confirmation has it. */
export const confirmedMessage: DataWriter = (envelope, { user }) => [
  summary(user.queue.length),
  element('message', leaf('id', envelope.object?.value)),
];

function messageXml(message: Json, context: WritingContext): XmlElement {
  const notify = member(message, 'notify');
  const type = text(notify, 'type');
  return element(
    'message',
    leaf('id', text(message, 'id')),
    userXml('owner', member(message, 'owner')),
    type === undefined
      ? jobXml(message, context)
      : element('notify', leaf('type', type), objectXml(message, context)),
    leaf('created', moment(message, 'created')),
  );
}

/** The object itself, under the name of its kind. */
function objectXml(message: Json, context: WritingContext): XmlElement {
  const object = member(message, 'object');
  const type = (text(object, 'type') ?? 'object').toLowerCase();
  const data = toObject(member(object, 'data'));
  if (type === 'certificate') return certificateXml(data, context);
  return element(
    type,
    fields(data)
      .map(([name, value]) => leaf(snakeCase(name), scalar(value)))
      .filter((each) => each !== undefined),
  );
}

function jobXml(message: Json, context: WritingContext): XmlElement {
  const job = member(message, 'job');
  const object = member(message, 'object');
  const [letter, type] = outcome(text(job, 'status'));
  return element(
    'job',
    objectXml(message, context),
    leaf('job_id', text(job, 'id')),
    element(
      'status',
      leaf('code', `${letter}${TASKS[text(job, 'action') ?? ''] ?? ''}`),
      leaf('type', type),
      element(
        'object',
        leaf('type', text(object, 'type')?.toLowerCase()),
        leaf('value', text(object, 'value')),
      ),
    ),
    items(member(message, 'messages')).map((reason) =>
      element(
        'msg',
        leaf('text', text(reason, 'text')),
        leaf('code', text(reason, 'code') ?? text(reason, 'messageCode')),
        leaf('type', 'error'),
      ),
    ),
    leaf('stid', text(message, 'stid')),
    // JSON's message has it beside `stid`; no XML sample has one.
    leaf('ctid', text(message, 'ctid')),
  );
}

/** FAILED and CANCELED are both an error to whoever ordered. */
function outcome(status: string | undefined): readonly [letter: string, type: string] {
  if (status === 'SUCCESS') return ['S', 'success'];
  return status === 'FAILED' || status === 'CANCELED' ? ['E', 'error'] : ['N', 'notify'];
}
