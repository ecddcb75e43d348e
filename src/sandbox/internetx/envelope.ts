/** The frame every JSON answer has, and the refusals handlers throw. */
import type { SimulatorAnswer } from '../contract.ts';
import type { InternetxOptions } from './options.ts';
import { textOf } from './texts.ts';

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };
export type JsonObject = { readonly [name: string]: Json | undefined };

export interface Message {
  /** Absent where the vendor's documents name none for the case. */
  readonly code?: string;
  readonly text?: string;
  readonly objects?: readonly { readonly type: string; readonly value: string }[];
}

export interface Envelope {
  readonly httpStatus?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** `S…`, `N…` or `E…` and the task's number; absent: only the type is told. */
  readonly code?: string;
  readonly type: 'SUCCESS' | 'NOTIFY' | 'ERROR';
  readonly object?: { readonly type: string; readonly value: string; readonly summary?: number };
  /** Left out altogether when there is nothing to list. */
  readonly data?: readonly Json[];
  readonly messages?: readonly Message[];
}

/** An answer that says no. Thrown by the handlers. */
export class ApiError extends Error {
  readonly envelope: Envelope;

  constructor(task: string | undefined, messages: readonly Message[], httpStatus = 400) {
    super(messages.map(({ code, text }) => text ?? code ?? '').join('; '));
    this.name = 'ApiError';
    this.envelope = {
      httpStatus,
      type: 'ERROR',
      messages,
      ...(task === undefined ? {} : { code: `E${task}` }),
    };
  }
}

/** EF01000: a value is missing or wrong; the object names it. */
export function wrongValue(task: string, field: string, given: string): ApiError {
  return new ApiError(task, [{ code: 'EF01000', objects: [{ type: field, value: given }] }]);
}

export interface FrameContext {
  readonly stid: string;
  readonly ctid: string | undefined;
  readonly options: InternetxOptions;
}

export function messageJson(message: Message, options: InternetxOptions): JsonObject {
  const text =
    message.text ?? (message.code === undefined ? undefined : textOf(message.code, options.language));
  return {
    text,
    [options.oldCodeNames ? 'messageCode' : 'code']: message.code,
    status: 'ERROR',
    objects: message.objects,
    messages: nested(message, text, options),
  };
}

/** The same once more, inside: what it may hold is told in two ways, and nothing is known that it adds. */
function nested(message: Message, text: string | undefined, options: InternetxOptions): Json | undefined {
  switch (options.nestedMessages) {
    case 'objects':
      return [{ code: message.code, text, status: 'ERROR' }];
    case 'strings':
      return text === undefined ? [] : [text];
    case 'none':
    default:
      return undefined;
  }
}

export function renderEnvelope(envelope: Envelope, frame: FrameContext): SimulatorAnswer {
  const { options } = frame;
  const body: JsonObject = {
    stid: frame.stid,
    ctid: frame.ctid,
    messages: envelope.messages?.map((message) => messageJson(message, options)),
    status: {
      ...(envelope.code === undefined
        ? {}
        : {
            [options.oldCodeNames ? 'resultCode' : 'code']: envelope.code,
            text: textOf(envelope.code, options.language),
          }),
      type: envelope.type,
    },
    object: envelope.object,
    data: envelope.data !== undefined && envelope.data.length > 0 ? envelope.data : undefined,
  };
  return {
    status: envelope.httpStatus ?? 200,
    headers: {
      server: 'JSON',
      'content-type': 'application/json;charset=UTF-8',
      'content-language': options.language,
      'x-domainrobot-stid': frame.stid,
      ...envelope.headers,
    },
    body: JSON.stringify(body),
  };
}
