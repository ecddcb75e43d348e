/** The gateway's frame: one `result` per task, and the vendor's transaction id wherever it happens to stand. */
import type { SimulatorAnswer } from '../../contract.ts';
import type { Envelope, Message } from '../envelope.ts';
import type { InternetxOptions } from '../options.ts';
import { textOf } from '../texts.ts';
import { snakeCase } from './json-values.ts';
import { element, leaf, renderXml } from './writer.ts';
import type { XmlElement } from './writer.ts';

export interface TaskResult {
  /** E00000 stands for a request that was refused before any task. */
  readonly task: string;
  /** The client's transaction id for the task, if it gave one. */
  readonly ctid?: string | undefined;
  readonly envelope: Envelope;
  readonly data: readonly XmlElement[];
}

export interface ResponseFrame {
  readonly stid: string;
  readonly options: InternetxOptions;
  readonly language: 'en' | 'de';
}

/** Of a request that never came to a task. */
export const WHOLE_REQUEST = '00000';

/** Where the vendor's samples and its recorded answers have it. */
const SAMPLED_STID: ReadonlyMap<string, 'beside-result' | 'in-result'> = new Map([
  ['0905', 'beside-result'],
  ['0906', 'in-result'],
  ['0205', 'beside-result'],
  [WHOLE_REQUEST, 'beside-result'],
]);

export function renderResponse(results: readonly TaskResult[], frame: ResponseFrame): SimulatorAnswer {
  const { options, stid } = frame;
  const place = (task: string): string =>
    options.xmlStid === 'as-sample' ? (SAMPLED_STID.get(task) ?? 'none') : options.xmlStid;
  const besideResult = results.some(({ task }) => place(task) === 'beside-result');
  // Beside `stid`. It belongs to one task: with several, or without `stid`, it stands in the task's result.
  const ctidBeside = besideResult && results.length === 1;
  const root = element(
    'response',
    results.map((result) =>
      resultXml(result, frame, { stid: place(result.task) === 'in-result', ctid: !ctidBeside }),
    ),
    besideResult ? leaf('stid', stid) : undefined,
    ctidBeside ? leaf('ctid', results[0]?.ctid) : undefined,
  );
  return {
    status: httpStatus(results, options),
    headers: { 'content-type': 'application/xml;charset=UTF-8', 'content-language': frame.language },
    body: renderXml(root, options),
  };
}

/** Too many requests and worse come from before the gateway; everything else is told in the body. */
function httpStatus(results: readonly TaskResult[], options: InternetxOptions): number {
  const statuses = results.map(({ envelope }) => envelope.httpStatus ?? 200);
  const transport = statuses.find((status) => status >= 429);
  if (transport !== undefined) return transport;
  return statuses.some((status) => status >= 400) ? options.xmlErrorStatus : 200;
}

function resultXml(
  { task, ctid, envelope, data }: TaskResult,
  frame: ResponseFrame,
  shown: { readonly stid: boolean; readonly ctid: boolean },
): XmlElement {
  const { language } = frame;
  const whole = task === WHOLE_REQUEST;
  return element(
    'result',
    whole ? undefined : element('data', data),
    (envelope.messages ?? []).map((message) => messageXml(message, frame)),
    element(
      'status',
      leaf('code', envelope.code),
      leaf('text', envelope.code === undefined ? undefined : textOf(envelope.code, language)),
      leaf('type', envelope.type.toLowerCase()),
      objectXml(envelope),
    ),
    shown.stid ? leaf('stid', frame.stid) : undefined,
    shown.ctid ? leaf('ctid', ctid) : undefined,
  );
}

/** A list is about nothing in particular. */
function objectXml({ object }: Envelope): XmlElement | undefined {
  if (object === undefined || object.value === '') return undefined;
  return element('object', leaf('type', object.type.toLowerCase()), leaf('value', object.value));
}

function messageXml(message: Message, { options, language }: ResponseFrame): XmlElement {
  const { code } = message;
  const words = message.text ?? (code === undefined ? undefined : textOf(code, language));
  return element(
    'msg',
    options.xmlMessageTexts ? leaf('text', words) : undefined,
    leaf('code', code),
    leaf('type', 'error'),
    (message.objects ?? []).map(({ type, value }) =>
      element('object', leaf('type', snakeCase(type)), leaf('value', value)),
    ),
  );
}
