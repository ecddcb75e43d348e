/** The answer to a request that a fault refuses: `EF…` in the messages, `E…` in the status, three digits as HTTP status. */
import { ApiError } from './envelope.ts';
import type { Envelope } from './envelope.ts';

/** `task` is the gateway's, whose status always has a code; the JSON API's may be without, as recorded. */
export function orderedRefusal(code: string, text: string | undefined, task: string | undefined): Envelope {
  const message = text === undefined ? {} : { text };
  if (/^\d{3}$/.test(code)) {
    return new ApiError(task, [{ text: text ?? `HTTP ${code}` }], Number(code)).envelope;
  }
  if (/^E\d/.test(code)) {
    return { httpStatus: 400, type: 'ERROR', code, messages: text === undefined ? [] : [message] };
  }
  return new ApiError(task, [{ code, ...message }]).envelope;
}
