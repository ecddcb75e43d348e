/** The provider contract for InterNetX, assembled from its parts. */
import { hasKind, RenewdError } from '../../core/errors.ts';
import type { OrderAction, OrderRequest } from '../../contracts/order.ts';
import type { Provider, ProviderDependencies } from '../../contracts/provider.ts';
import { orderReading, realtimeReading } from './accepted.ts';
import { authenticationFor, challengesOf, commonApprovers } from './challenges.ts';
import {
  orderSchema,
  resolvedConfigSchema,
  type InternetxConfig,
  type InternetxOrderOptions,
} from './config.ts';
import { createEventFeed } from './events.ts';
import { findOrders } from './find.ts';
import type { Accepted, InternetxGateway } from './gateway.ts';
import { createJsonGateway } from './json-gateway.ts';
import { certificateInfo, findJob, repeat, type Session } from './lookup.ts';
import { jobState, methodWords, serialInteger } from './mapping.ts';
import { createOperations } from './operations.ts';
import {
  certificateOrder,
  checkProduct,
  prepareRequest,
  preparedToken,
  previousCertificateId,
} from './order.ts';
import { certificateOfJob } from './reading.ts';
import { readOrder } from './read.ts';
import type { Authentication } from './schema.ts';
import { createXmlGateway } from './xml-gateway.ts';

/** `config` is the output of `configSchema` with the password's source replaced by a `Secret`. */
export function createInternetx(
  config: Readonly<Record<string, unknown>>,
  dependencies: ProviderDependencies,
): Provider {
  const settings = resolvedConfigSchema.parse(config);
  const gateway = createGateway(settings, dependencies);
  const session: Session = { gateway, clock: dependencies.clock, random: dependencies.random };

  async function prepareElements(
    request: OrderRequest,
    signal: AbortSignal,
  ): Promise<{ readonly name: string; readonly elements: readonly Authentication[] }> {
    checkProduct(request);
    const asked = prepareRequest(request, optionsOf(request));
    const prepared = await repeat(session, signal, () => gateway.prepareOrder(asked, signal));
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
      const order = certificateOrder(request, options, settings);
      const { reference } = request;
      if (request.action === 'create' && options.realtime) {
        if (gateway.realtime === undefined) throw notOverXml('synchronous orders (`realtime`)');
        return realtimeReading(await gateway.realtime(order, reference, signal), session.clock.now());
      }
      const send: Readonly<Record<OrderAction, () => Promise<Accepted>>> = {
        create: () => gateway.create(order, reference, signal),
        reissue: () => gateway.reissue(previousCertificateId(request), order, reference, signal),
        renew: () => gateway.renew(previousCertificateId(request), order, reference, signal),
      };
      return orderReading(await send[request.action](), request);
    },

    read: (handle, signal) => readOrder(session, handle, signal),
    find: (query, signal) => findOrders(session, query, signal),

    /**
     * By e-mail: the mail once more. Else `_retry`, which runs the present step of the job again; `_restart` would begin
     * the whole job anew, with a new order at the CA and new validation data in place of what was published. Harmless: a
     * job that cannot be retried now, because it runs or has ended, is left as it is, and over XML, where no such task is
     * known, the provider's own next look is waited for.
     */
    retryValidation: async (handle, signal) => {
      const { jobId } = handle;
      if (jobId === undefined) return;
      const job = await findJob(session, jobId, signal);
      if (job === undefined || jobState(job.job.status).status !== 'pending') return;
      const byMail = certificateOfJob(job)?.authentication?.[0]?.method === methodWords.email;
      const again = byMail ? gateway.resendApproverMail : gateway.jobRetry;
      if (again === undefined) return;
      try {
        await repeat(session, signal, () => again(jobId, signal));
      } catch (thrown) {
        // The provider looks again by itself (job status DEFERRED), so a refusal only says that now is not the moment;
        // that a mail does not go out again, somebody who waits for it must be told.
        const mayBeRefused = !byMail && hasKind(thrown, 'rejected');
        if (!mayBeRefused && !hasKind(thrown, 'conflict', 'not-found')) throw thrown;
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
      await gateway.revoke(certificateId, serialNumber, signal);
    },

    cancel: async (handle, signal) => {
      const { jobId } = handle;
      const { jobCancel } = gateway;
      if (jobCancel === undefined) throw notOverXml('cancelling of jobs');
      if (jobId === undefined) {
        throw new RenewdError(
          'provider-conflict',
          'InterNetX cancels jobs, and no job is known for this order',
        );
      }
      try {
        await repeat(session, signal, () => jobCancel(jobId, signal));
      } catch (thrown) {
        if (!hasKind(thrown, 'rejected', 'conflict', 'not-found')) throw thrown;
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
      const element = authenticationFor(elements, 'email');
      return element === undefined ? [] : commonApprovers(element);
    },

    events: createEventFeed(session, settings.foreignEvents),
    operations: createOperations(session),
    close: () => gateway.close(),
  };
}

function createGateway(settings: InternetxConfig, dependencies: ProviderDependencies): InternetxGateway {
  return settings.encoding === 'xml'
    ? createXmlGateway(settings, dependencies)
    : createJsonGateway(settings, settings.routes, dependencies);
}

function notOverXml(what: string): RenewdError {
  return new RenewdError(
    'provider-rejected',
    `the XML gateway of InterNetX has no known task for ${what}; use \`encoding: json\`, or the SSL Manager`,
    { kind: 'configuration' },
  );
}

function optionsOf(request: OrderRequest): InternetxOrderOptions {
  const result = orderSchema.safeParse(request.options);
  if (result.success) return result.data;
  throw new RenewdError(
    'config-invalid',
    `order settings for InterNetX: ${result.error.issues[0]?.message ?? ''}`,
  );
}
