/** The documented limit on requests per second, and a reaction that is documented nowhere. */
import { ApiError } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import type { InternetxOptions } from './options.ts';

const TOO_MANY = 429;

export class RateLimit {
  readonly #limit: InternetxOptions['rateLimit'];
  #times: number[] = [];

  constructor(limit: InternetxOptions['rateLimit']) {
    this.#limit = limit;
  }

  /** Throws the refusal of one request too many; requests that were refused do not count. */
  check(now: Date): void {
    if (this.#limit === undefined) return;
    const at = now.getTime();
    this.#times = this.#times.filter((time) => at - time < 1000);
    if (this.#times.length >= this.#limit.perSecond) throw new RateLimited(this.#limit.retryAfterSeconds);
    this.#times.push(at);
  }
}

class RateLimited extends ApiError {
  override readonly envelope: Envelope;

  constructor(retryAfterSeconds: number | undefined) {
    super(undefined, [{ text: 'Too many requests.' }], TOO_MANY);
    const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    this.envelope = {
      type: 'ERROR',
      httpStatus: TOO_MANY,
      messages: [{ text: 'Too many requests.' }],
      headers,
    };
  }
}
