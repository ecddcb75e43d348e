/** The gateway over the JSON API: routes of json-routes.ts, bodies of json-bodies.ts, rows of `data`. */
import { checkedId, type Account, type VendorDependencies } from '../../vendors/internetx/account.ts';
import { createJsonTransport } from '../../vendors/internetx/json-transport.ts';
import type { JsonEnvelope } from '../../vendors/internetx/json-wire.ts';
import type { InternetxGateway, ListQuery } from './gateway.ts';
import { contactBody, listBody, orderBody, prepareBody } from './json-bodies.ts';
import { routes, type Route, type RouteName } from './json-routes.ts';
import { acceptedOf, contactIdOf, wordOf } from './answers.ts';
import {
  certificateSchema,
  contactSchema,
  firstOf,
  objectJobSchema,
  pageOf,
  parseAs,
  pollMessageSchema,
  preparedSchema,
  readCertificateRow,
} from './schema.ts';

export type RouteSpelling = 'underscore' | 'plain';

interface Parts {
  readonly id?: string;
  readonly body?: object;
  readonly ctid?: string;
  readonly keys?: readonly string[];
}

export function createJsonGateway(
  account: Account,
  spelling: RouteSpelling,
  dependencies: VendorDependencies,
): InternetxGateway {
  const transport = createJsonTransport(account, dependencies);

  function send(name: RouteName, { id, ...parts }: Parts, signal: AbortSignal): Promise<JsonEnvelope> {
    const route: Route = routes[name];
    const { command, repeatable } = route;
    const { method = route.method, path } = (spelling === 'plain' ? route.plain : undefined) ?? route;
    const filled = id === undefined ? path : path.replace('{id}', checkedId(id));
    return transport.send({ command, repeatable, method, path: filled, ...parts, signal });
  }

  const byId = async (name: RouteName, id: string, signal: AbortSignal): Promise<void> => {
    await send(name, { id }, signal);
  };
  const search = (name: RouteName, query: ListQuery, signal: AbortSignal): Promise<JsonEnvelope> =>
    send(name, { body: listBody(query), keys: query.keys }, signal);

  return {
    hello: async (signal) => {
      await send('hello', {}, signal);
    },

    prepareOrder: async (request, signal) => {
      const { data } = await send('prepareOrder', { body: prepareBody(request) }, signal);
      return parseAs(preparedSchema, data[0], 'a prepared order');
    },
    create: async (order, ctid, signal) => {
      const envelope = await send('create', { body: orderBody(order), ctid }, signal);
      return acceptedOf(envelope, envelope.data);
    },
    realtime: async (order, ctid, signal) => {
      const envelope = await send('realtime', { body: orderBody(order), ctid }, signal);
      return { certificate: readCertificateRow(envelope.data[0]), word: wordOf(envelope) };
    },
    reissue: async (id, order, ctid, signal) => {
      const envelope = await send('reissue', { id, body: orderBody(order), ctid }, signal);
      return acceptedOf(envelope, envelope.data);
    },
    renew: async (id, order, ctid, signal) => {
      const envelope = await send('renew', { id, body: orderBody(order), ctid }, signal);
      return acceptedOf(envelope, envelope.data);
    },
    remove: async (id, signal) => {
      const envelope = await send('remove', { id }, signal);
      return acceptedOf(envelope, envelope.data);
    },
    revoke: async (id, serialNumber, signal) => {
      await send('revoke', { id, body: { serialNumber } }, signal);
    },
    info: async (id, signal) => {
      const { data } = await send('info', { id }, signal);
      return firstOf(certificateSchema, data, 'a certificate');
    },
    list: async (query, signal) => {
      const envelope = await search('list', query, signal);
      return pageOf(certificateSchema, envelope.data, envelope, 'a listed certificate');
    },
    comment: async (id, comment, signal) => {
      await send('comment', { id, body: { comment } }, signal);
    },

    pollInfo: async (signal) => {
      const { data } = await send('pollInfo', {}, signal);
      return firstOf(pollMessageSchema, data, 'a message of the queue');
    },
    pollConfirm: (id, signal) => byId('pollConfirm', id, signal),

    jobInfo: async (id, signal) => {
      const { data } = await send('jobInfo', { id }, signal);
      return firstOf(objectJobSchema, data, 'a job');
    },
    jobHistoryInfo: async (id, signal) => {
      const { data } = await send('jobHistoryInfo', { id }, signal);
      return firstOf(objectJobSchema, data, 'a job');
    },
    jobList: async (query, signal) => {
      const envelope = await search('jobList', query, signal);
      return pageOf(objectJobSchema, envelope.data, envelope, 'a listed job');
    },
    jobHistoryList: async (query, signal) => {
      const envelope = await search('jobHistoryList', query, signal);
      return pageOf(objectJobSchema, envelope.data, envelope, 'a listed job');
    },
    jobRetry: (id, signal) => byId('jobRetry', id, signal),
    jobCancel: (id, signal) => byId('jobCancel', id, signal),
    resendApproverMail: (id, signal) => byId('resendApproverMail', id, signal),

    contactCreate: async (contact, signal) => {
      const envelope = await send('contactCreate', { body: contactBody(contact) }, signal);
      return contactIdOf(contactSchema.safeParse(envelope.data[0]).data?.id, envelope);
    },
    contactUpdate: async (id, contact, signal) => {
      await send('contactUpdate', { id, body: contactBody(contact) }, signal);
    },
    contactRemove: (id, signal) => byId('contactRemove', id, signal),
    contactInfo: async (id, signal) => {
      const { data } = await send('contactInfo', { id }, signal);
      return firstOf(contactSchema, data, 'a contact');
    },
    contactList: async (query, signal) => {
      const envelope = await search('contactList', query, signal);
      return pageOf(contactSchema, envelope.data, envelope, 'a listed contact');
    },

    close: () => transport.close(),
  };
}
