/** The provider contract for InterNetX, assembled from its parts. */
import { RenewdError } from '../../core/errors.ts';
import type {
  OrderAction,
  OrderHandle,
  OrderReading,
  OrderRequest,
  Provider,
  ProviderDependencies,
} from '../../contracts/provider.ts';
import { bounded } from '../../vendors/common/text.ts';
import { authenticationFor, challengesOf } from './challenges.ts';
import { createClient } from './client.ts';
import { orderSchema, resolvedConfigSchema, type InternetxOrderOptions } from './config.ts';
import { createEventFeed } from './events.ts';
import { findOrders } from './find.ts';
import { certificateInfo, findJob, repeat, type Session } from './lookup.ts';
import { jobState, methodWords, serialInteger } from './mapping.ts';
import { checkProduct, orderBody, prepareBody, preparedToken, previousCertificateId } from './order-body.ts';
import { certificateReading } from './reading.ts';
import { readOrder } from './read.ts';
import {
  certificateSchema,
  objectJobSchema,
  parseAs,
  preparedSchema,
  type Authentication,
} from './schema.ts';
import type { Envelope } from './wire.ts';

/** `config` is the output of `configSchema` with the password's source replaced by a `Secret`. */
export function createInternetx(
  config: Readonly<Record<string, unknown>>,
  dependencies: ProviderDependencies,
): Provider {
  const settings = resolvedConfigSchema.parse(config);
  const client = createClient(settings, dependencies);
  const session: Session = { client, clock: dependencies.clock, random: dependencies.random };

  async function prepareElements(
    request: OrderRequest,
    signal: AbortSignal,
  ): Promise<{ readonly name: string; readonly elements: readonly Authentication[] }> {
    checkProduct(request);
    const body = prepareBody(request, optionsOf(request));
    const envelope = await repeat(session, signal, () => client.prepareOrder(body, signal));
    const prepared = parseAs(preparedSchema, envelope.data[0], 'a prepared order');
    return { name: prepared.name ?? request.names[0] ?? '', elements: prepared.authentication ?? [] };
  }

  return {
    prepare: async (request, signal) => {
      const { name, elements } = await prepareElements(request, signal);
      const element = authenticationFor(elements, request.dcv.method);
      if (element === undefined) {
        const offered = elements.map((candidate) => candidate.method).join(', ');
        throw new RenewdError(
          'provider-rejected',
          `InterNetX offers no ${methodWords[request.dcv.method]} validation for ${request.product}, only ${offered || 'none'}`,
          { kind: 'configuration' },
        );
      }
      const { approver } = request.dcv;
      const chosen =
        approver === undefined || element.method !== 'EMAIL'
          ? element
          : { ...element, approverEmails: [approver] };
      return { challenges: challengesOf(chosen, name), token: preparedToken(element) };
    },

    submit: async (request, signal) => {
      checkProduct(request);
      const options = optionsOf(request);
      const body = orderBody(request, options, settings);
      const { reference } = request;
      if (request.action === 'create' && options.realtime) {
        return realtimeReading(await client.realtime(body, reference, signal), session);
      }
      const send: Readonly<Record<OrderAction, () => Promise<Envelope>>> = {
        create: () => client.create(body, reference, signal),
        reissue: () => client.reissue(previousCertificateId(request), body, reference, signal),
        renew: () => client.renew(previousCertificateId(request), body, reference, signal),
      };
      return orderReading(await send[request.action](), request);
    },

    read: (handle, signal) => readOrder(session, handle, signal),
    find: (query, signal) => findOrders(session, query, signal),

    /**
     * `_retry` runs the present step of the job again; `_restart` would begin the whole job anew, with a new order at
     * the CA and new validation data in place of what was published. Harmless: a job that cannot be retried now,
     * because it runs or has ended, is left as it is.
     */
    retryValidation: async (handle, signal) => {
      const { jobId } = handle;
      if (jobId === undefined) return;
      try {
        await repeat(session, signal, () => client.jobRetry(jobId, signal));
      } catch (thrown) {
        // The provider looks again by itself (job status DEFERRED); a refusal only says that now is not the moment.
        if (!hasKind(thrown, ['rejected', 'conflict', 'not-found'])) throw thrown;
      }
    },

    /** The API takes no reason, and only serial numbers that a reissue has superseded. */
    revoke: async (handle, serialHex, _reason, signal) => {
      const certificateId =
        handle.certificateId ?? (await readOrder(session, handle, signal)).handle.certificateId;
      if (certificateId === undefined) {
        throw new RenewdError(
          'provider-object-missing',
          'InterNetX: no certificate id is known for this order',
        );
      }
      const certificate = await certificateInfo(session, certificateId, signal);
      const wanted = serialInteger(serialHex);
      const entries = [
        { serialNumber: certificate.serialNumber, revoked: undefined },
        ...(certificate.histories ?? []),
      ];
      const same = entries.filter(
        (entry) => serialInteger(entry.serialNumber) === wanted && wanted !== undefined,
      );
      if (same.some((entry) => entry.revoked !== undefined)) return;
      // The provider's own spelling, without leading zeros, is what it will recognise.
      const serialNumber = same[0]?.serialNumber;
      if (serialNumber === undefined) {
        throw new RenewdError(
          'provider-rejected',
          `certificate ${certificateId} never had serial number ${serialHex}`,
        );
      }
      await client.revoke(certificateId, { serialNumber }, signal);
    },

    cancel: async (handle, signal) => {
      const { jobId } = handle;
      if (jobId === undefined) {
        throw new RenewdError(
          'provider-conflict',
          'InterNetX cancels jobs, and no job is known for this order',
        );
      }
      try {
        await repeat(session, signal, () => client.jobCancel(jobId, signal));
      } catch (thrown) {
        if (!hasKind(thrown, ['rejected', 'conflict', 'not-found'])) throw thrown;
        const job = await findJob(session, jobId, signal);
        const ended = job === undefined ? undefined : jobState(job.job.status).status;
        if (ended === 'cancelled' || ended === 'failed') return;
        if (ended === 'issued')
          throw new RenewdError('provider-conflict', `job ${jobId} has succeeded already`);
        throw thrown;
      }
    },

    approvers: async (request, signal) => {
      const { elements } = await prepareElements(request, signal);
      return authenticationFor(elements, 'email')?.approverEmails ?? [];
    },

    events: createEventFeed(session, settings.foreignEvents),
    close: () => client.close(),
  };
}

function optionsOf(request: OrderRequest): InternetxOrderOptions {
  const result = orderSchema.safeParse(request.options);
  if (result.success) return result.data;
  throw new RenewdError(
    'config-invalid',
    `order settings for InterNetX: ${result.error.issues[0]?.message ?? ''}`,
  );
}

/**
 * The id in the answer is the job's; a reissue or renewal keeps the certificate's id (reissue walkthrough, XML samples;
 * OpenAPI document, "JsonResponseDataJob"). An accepted order without an id has to be looked for.
 */
function orderReading(envelope: Envelope, request: OrderRequest): OrderReading {
  const job = objectJobSchema.safeParse(envelope.data[0]);
  if (!job.success) throw lostId(envelope);
  const certificateId = request.action === 'create' ? undefined : previousCertificateId(request);
  const handle: OrderHandle = {
    jobId: job.data.job.id,
    ...(certificateId === undefined ? {} : { certificateId }),
  };
  return {
    handle,
    status: 'pending',
    statusWord: bounded(job.data.job.status ?? envelope.type, 80),
    challenges: request.prepared?.challenges ?? [],
  };
}

/** Whatever is wrong with the certificate, it was ordered: a failure to read it must not look like a refusal. */
function realtimeReading(envelope: Envelope, session: Session): OrderReading {
  const certificate = certificateSchema.safeParse(envelope.data[0]);
  if (!certificate.success || certificate.data.id === undefined) throw lostId(envelope);
  try {
    return certificateReading(certificate.data, {}, session.clock.now());
  } catch (thrown) {
    throw lostId(envelope, thrown);
  }
}

function lostId(envelope: Envelope, cause?: unknown): RenewdError {
  const word = bounded(envelope.code ?? envelope.type, 40);
  const message = `InterNetX accepted the order (${word}), but what it answered cannot be used`;
  return new RenewdError('provider-outcome-unknown', message, { cause });
}

function hasKind(thrown: unknown, kinds: readonly string[]): boolean {
  return thrown instanceof RenewdError && kinds.includes(thrown.kind);
}
