/** The signature of a webhook, as docs/notices.md says how to check it. */
import { createHmac } from 'node:crypto';

export interface SignatureHeaders {
  /** Seconds since 1970: a receiver refuses what is old, so that a request that was overheard is of no use later. */
  readonly 'renewd-timestamp': string;
  /** "sha256=" and the HMAC-SHA-256, in lower-case hex, of the timestamp, a full stop, and the body as it was sent. */
  readonly 'renewd-signature': string;
}

export function signatureOf(secret: string, at: Date, body: string): SignatureHeaders {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`, 'utf8').digest('hex');
  return { 'renewd-timestamp': timestamp, 'renewd-signature': `sha256=${digest}` };
}
