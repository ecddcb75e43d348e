/** The provider contract for Resello, assembled from its parts. */
import type { ProductFacts } from '../../contracts/capabilities.ts';
import type { OrderAction, OrderReading, OrderRequest } from '../../contracts/order.ts';
import type { Provider, ProviderDependencies } from '../../contracts/provider.ts';
import { RenewdError } from '../../core/errors.ts';
import { bounded } from '../../vendors/common/text.ts';
import { capabilities } from './capabilities.ts';
import { createClient } from './client.ts';
import { resolvedConfigSchema } from './config.ts';
import { unreadable } from './errors.ts';
import { findOrders } from './find.ts';
import { dcvMethod, dcvWords, orderStatus } from './mapping.ts';
import { createOperations, deleteCertificate } from './operations.ts';
import { orderBody, previousId } from './order-body.ts';
import { downloadOf } from './files.ts';
import { readOrder } from './reading.ts';
import { orderedSchema, type Plan } from './schema.ts';
import { certificateOf, planOf, quietOn, type Session } from './session.ts';
import { renewedUntil } from './terms.ts';
import { askValidation } from './validation.ts';
import { unwrapObject } from './wire.ts';

/** `config` is the output of `configSchema` with the key's source replaced by a `Secret`. */
export function createResello(
  config: Readonly<Record<string, unknown>>,
  dependencies: ProviderDependencies,
): Provider {
  const client = createClient(resolvedConfigSchema.parse(config), dependencies);
  const { clock, random, logger } = dependencies;
  const session: Session = { client, clock, random, logger, planTerms: new Map() };

  return {
    submit: async (request, signal) => {
      // Everything that can be wrong on our side throws before the first byte is sent.
      const body = orderBody(request);
      const send: Readonly<Record<OrderAction, () => Promise<unknown>>> = {
        create: () => client.create(body, signal),
        renew: () => client.renew(previousId(request), body, signal),
        reissue: () => client.reissue(previousId(request), body, signal),
      };
      const paidUntil =
        request.action === 'renew' ? await renewedUntil(session, previousId(request), signal) : undefined;
      const reading = orderedReading(await send[request.action](), request);
      return paidUntil === undefined ? reading : { ...reading, paidUntil };
    },

    read: (handle, signal) => readOrder(session, handle, signal),
    find: (query, signal) => findOrders(session, query, signal),

    retryValidation: async (handle, signal) => {
      const id = requireId(handle.certificateId);
      const certificate = await certificateOf(session, id, signal);
      const status = orderStatus(certificate.status) ?? 'pending';
      // A reissue is active while its validation is still open, so only what has ended is left alone.
      if (status !== 'pending' && status !== 'issued') return;
      if (status === 'issued' && (await readOrder(session, handle, signal)).status === 'issued') return;
      const method = dcvMethod(certificate.dcvType);
      await askValidation(
        session,
        id,
        {
          ...(method === undefined ? {} : { method: dcvWords[method] }),
          email: certificate.approverEmail,
          domain: certificate.domain,
        },
        signal,
      );
    },

    revoke: () =>
      Promise.reject(
        new RenewdError(
          'provider-rejected',
          'the Resello API revokes no single certificate: a reissue makes the earlier one invalid at once (with a new key when the key was lost), and operation certificate-delete ends the whole certificate with its paid term',
        ),
      ),

    cancel: async (handle, signal) => {
      const id = requireId(handle.certificateId);
      const certificate = await quietOn(['not-found'], certificateOf(session, id, signal));
      // What was deleted may not be shown any more.
      if (certificate === undefined) return;
      const status = orderStatus(certificate.status) ?? 'pending';
      if (status === 'cancelled' || status === 'failed' || status === 'revoked' || status === 'expired')
        return;
      const earlier = (await downloadOf(session, id, 'crt', signal))?.certificates ?? [];
      if (status === 'issued' || earlier.length > 0) {
        throw new RenewdError(
          'provider-conflict',
          'Resello cancels by deleting the whole certificate, and this one was issued: what is in use would end with it. If that is wanted: operation certificate-delete',
        );
      }
      await deleteCertificate(session, id, signal);
    },

    productFacts: async (product, signal) => {
      const plan = await planOf(session, product, signal);
      return plan === undefined ? undefined : factsOf(plan);
    },

    operations: createOperations(session),
    close: () => client.close(),
  };
}

/**
 * The order is accepted; its answer shows the object as it is now, for a renew or reissue the earlier state. Nothing
 * else is asked before this is stored: what is to be published is in the next reading.
 */
function orderedReading(answer: unknown, request: OrderRequest): OrderReading {
  const ordered = orderedSchema.safeParse(unwrapObject(answer));
  const known = request.action === 'create' ? undefined : previousId(request);
  const id = ordered.success ? ordered.data.id : known;
  if (id === undefined) {
    throw unreadable({ command: 'CertificateCreate', repeatable: false }, 'its answer holds no usable id');
  }
  return {
    handle: { certificateId: id },
    status: 'pending',
    statusWord: bounded((ordered.success ? ordered.data.status : undefined) ?? 'accepted', 80),
    challenges: [],
  };
}

function requireId(id: string | undefined): string {
  if (id !== undefined) return id;
  throw new RenewdError('provider-object-missing', 'Resello: no certificate id is known for this order');
}

/** What the name of a plan tells is a guess, and only shown; its dates are the vendor's. */
function factsOf(plan: Plan): ProductFacts {
  const words = [plan.name, plan.description].filter((part) => part !== undefined).join(' ');
  const validation = /\bEV\b|extended validation/i.test(words)
    ? 'ev'
    : /\bOV\b|organi[sz]ation validation/i.test(words)
      ? 'ov'
      : /\bDV\b|domain validation/i.test(words)
        ? 'dv'
        : undefined;
  const window = plan.renew_days_before_expiration;
  return {
    wildcard: /wildcard/i.test(words),
    maxNames: capabilities.maxNames,
    ...(validation === undefined ? {} : { validation }),
    ...(plan.interval === undefined ? {} : { periods: [`${plan.interval}m`], termMonths: plan.interval }),
    ...(window === undefined ? {} : { renewWindowDays: window }),
  };
}
