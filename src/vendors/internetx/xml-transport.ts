/** The XML gateway: one task out, the accepted envelope back. No policy, no retries (help page XML API Basics). */
import { hasKind } from '../../core/errors.ts';
import { createHttpClient } from '../common/http.ts';
import { redactorOf, throttleOf, urlOf, type Account, type VendorDependencies } from './account.ts';
import { acceptedEnvelope, outcomeOf, type CommandTraits } from './errors.ts';
import { parseXmlEnvelope, xmlRequest, type XmlEnvelope, type XmlTask } from './xml-wire.ts';

export interface XmlTransport {
  send(task: XmlTask & CommandTraits, signal: AbortSignal): Promise<XmlEnvelope>;
  close(): Promise<void>;
}

export function createXmlTransport(account: Account, dependencies: VendorDependencies): XmlTransport {
  const { clock, random, observe } = dependencies;
  const throttle = throttleOf(account, dependencies);
  const baseUrl = urlOf(account);
  const http = createHttpClient({ baseUrl, userAgent: 'renewd', throttle, clock, random, observe });
  const redact = redactorOf(account);
  // The demo gateway is a folder, and a folder without its final slash answers with a redirect.
  const path = URL.parse(baseUrl)?.pathname.endsWith('/') === true ? '/' : '';

  return {
    async send(task, signal) {
      const { command, repeatable } = task;
      let envelope: XmlEnvelope | undefined;
      try {
        const answer = await http.request({
          command,
          method: 'POST',
          path,
          headers: { 'content-type': 'application/xml; charset=UTF-8', accept: 'application/xml' },
          body: xmlRequest(account, task),
          repeatable,
          signal,
          outcomeOf: (received) => {
            envelope = parseXmlEnvelope(received.text());
            return outcomeOf(received.status, envelope);
          },
        });
        return acceptedEnvelope(answer.status, envelope, task, redact);
      } catch (thrown) {
        // The limit counts for the whole address: whoever else waits for a turn must wait, too.
        if (hasKind(thrown, 'rate-limited')) throttle.pause(thrown.retryAfterMs ?? 0);
        throw thrown;
      }
    },
    close: () => http.close(),
  };
}
