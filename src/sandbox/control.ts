import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { SteerableSandboxCa } from './ca/index.ts';
import type { SandboxClock, VendorSimulator } from './contract.ts';
import { RECORD_TYPES } from './dns/index.ts';
import type { SandboxDns } from './dns/index.ts';
import type { EppAddress } from './epp/server.ts';
import { FaultInput } from './faults.ts';
import type { FaultQueue } from './faults.ts';
import { messageOf } from './guards.ts';
import type { SandboxHistory } from './history.ts';
import { listenOnLoopback, readBody } from './loopback.ts';
import type { LoopbackServer } from './loopback.ts';

/** The control API: steer and look at the sandbox over HTTP with JSON, from a shell or a test in any language. */

export interface ControlOptions {
  readonly ca: SteerableSandboxCa;
  readonly dns: SandboxDns;
  readonly vendors: ReadonlyMap<
    string,
    { readonly simulator: VendorSimulator; readonly baseUrl: string; readonly epp?: EppAddress }
  >;
  readonly faults: FaultQueue;
  readonly history: SandboxHistory;
  readonly clock: SandboxClock;
  readonly port: number;
}

/** The caller's mistake; the message says what is wrong and what would be right. */
class BadRequest extends Error {}
class NotFound extends Error {}

interface Call {
  readonly query: URLSearchParams;
  /** What stood in the place of "{id}". */
  readonly id: string;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly what: string;
  /** A string is answered as PEM text, everything else as JSON. */
  readonly run: (call: Call) => unknown;
}

const NO_MOMENT = 'is no moment; "2027-01-31T12:00:00Z" would be right';
/** From text only: a null would quietly become 1970. */
const moment = z.string(NO_MOMENT).pipe(z.coerce.date<string>(NO_MOMENT));

const CaInput = z.strictObject({
  maxValidityDays: z.int().min(1).max(3650).exactOptional(),
  delayMs: z.int().min(0).exactOptional(),
});

const FailInput = z.strictObject({ reason: z.string().min(1).default('failed by the control API') });
const SeedInput = z.strictObject({
  vendor: z.string(),
  names: z.array(z.string()).min(1),
  product: z.string().min(1),
  csrPem: z.string().min(1),
  notBefore: moment,
  notAfter: moment,
  paidUntil: moment,
  dcvMethod: z.enum(['dns', 'file', 'email']),
});
const EventInput = z.strictObject({
  vendor: z.string(),
  foreign: z.literal(true).exactOptional(),
  redeliver: z.literal(true).exactOptional(),
});
const RecordKey = { name: z.string().min(1), type: z.enum(RECORD_TYPES) };
const RecordValue = z.union([z.string(), z.array(z.string()).min(1)]);
const AddRecordInput = z.strictObject({
  ...RecordKey,
  value: RecordValue,
  ttl: z.int().min(0).max(2_147_483_647).exactOptional(),
});
const RemoveRecordInput = z.strictObject({ ...RecordKey, value: RecordValue.exactOptional() });

export function startControl(options: ControlOptions): Promise<LoopbackServer> {
  const routes = routesOf(options);
  return listenOnLoopback(options.port, (incoming, response) => {
    answer(routes, incoming, response).catch(() => response.destroy());
  });
}

function routesOf(options: ControlOptions): Route[] {
  const { ca, dns, vendors, faults, history, clock } = options;

  function vendorOf(id: string): VendorSimulator {
    const vendor = vendors.get(id);
    if (vendor === undefined) {
      throw new BadRequest(
        `There is no vendor "${id}"; one of these would be right: ${[...vendors.keys()].join(', ') || '(none runs)'}.`,
      );
    }
    return vendor.simulator;
  }

  const orderOf = (id: string) => {
    const order = ca.get(id);
    if (order !== undefined) return order;
    const known = ca.orders().map((each) => each.id);
    throw new NotFound(`The CA has no order "${id}"; it has ${known.join(', ') || 'none'}.`);
  };

  const everyVendor = <T>(of: (simulator: VendorSimulator) => T): Record<string, T> =>
    Object.fromEntries([...vendors].map(([id, { simulator }]) => [id, of(simulator)]));

  const routes: Route[] = [
    { method: 'GET', path: '/', what: 'what this is and what it can do', run: () => about() },
    {
      method: 'GET',
      path: '/history',
      what: 'what the vendors were asked [?vendor=]',
      run({ query }) {
        const vendor = query.get('vendor') ?? undefined;
        if (vendor !== undefined) vendorOf(vendor);
        return history.entries(vendor);
      },
    },
    {
      method: 'DELETE',
      path: '/history',
      what: 'forget it',
      run: () => (history.clear(), dns.clearHistory(), { cleared: true }),
    },
    { method: 'GET', path: '/faults', what: 'the faults still to come', run: () => faults.pending() },
    {
      method: 'POST',
      path: '/faults',
      what: 'order a misbehaviour {vendor, kind, command?, times?, delayMs?, code?, status?, bytes?, location?}',
      run({ body }) {
        const fault = parse(FaultInput, body);
        vendorOf(fault.vendor);
        faults.add(fault);
        return faults.pending();
      },
    },
    {
      method: 'DELETE',
      path: '/faults',
      what: 'no more faults',
      run: () => (faults.clear(), faults.pending()),
    },
    {
      method: 'GET',
      path: '/state',
      what: 'everything the sandbox knows',
      run: () => ({
        now: clock.now(),
        vendors: everyVendor((simulator) => simulator.snapshot()),
        ca: ca.snapshot(),
        dns: dns.snapshot(),
        faults: faults.pending(),
        requests: history.entries().length,
      }),
    },
    {
      method: 'GET',
      path: '/invoices',
      what: 'what would have been charged, by vendor',
      run: () => everyVendor((simulator) => simulator.invoices()),
    },
    {
      method: 'POST',
      path: '/ca',
      what: 'steer the CA {maxValidityDays?, delayMs?}',
      run({ body }) {
        const { maxValidityDays, delayMs } = parse(CaInput, body);
        ca.maxValidityDays = maxValidityDays ?? ca.maxValidityDays;
        ca.delayMs = delayMs ?? ca.delayMs;
        return { maxValidityDays: ca.maxValidityDays, delayMs: ca.delayMs };
      },
    },
    {
      method: 'GET',
      path: '/vendors/{id}/epp-ca.pem',
      what: "whom to trust when connecting to a vendor's EPP server",
      run({ id }) {
        const epp = vendors.get(id)?.epp;
        if (epp === undefined) throw new NotFound(`The sandbox runs no EPP server for a vendor "${id}".`);
        return epp.caPem;
      },
    },
    { method: 'GET', path: '/ca/root.pem', what: 'the root, to trust in tests only', run: () => ca.rootPem },
    { method: 'GET', path: '/ca/orders', what: "the CA's orders and what it saw", run: () => ca.orders() },
    {
      method: 'POST',
      path: '/ca/orders/{id}/approve',
      what: 'follow the link in the approval mail',
      run({ id }) {
        orderOf(id);
        ca.approveByEmail(id);
        return ca.get(id);
      },
    },
    {
      method: 'POST',
      path: '/ca/orders/{id}/fail',
      what: 'let the CA refuse the order {reason?}',
      run({ id, body }) {
        orderOf(id);
        ca.fail(id, parse(FailInput, body ?? {}).reason);
        return ca.get(id);
      },
    },
    {
      method: 'POST',
      path: '/seed',
      what: 'a certificate from before {vendor, names, product, csrPem, notBefore, notAfter, paidUntil, dcvMethod}',
      run({ body }) {
        const { vendor, ...order } = parse(SeedInput, body);
        return vendorOf(vendor).seed(order);
      },
    },
    {
      method: 'POST',
      path: '/events',
      what: 'queue an event {vendor, foreign: true | redeliver: true}',
      run({ body }) {
        const { vendor, foreign, redeliver } = parse(EventInput, body);
        const simulator = vendorOf(vendor);
        if (foreign === redeliver) {
          throw new BadRequest('Either "foreign": true or "redeliver": true would be right.');
        }
        if (foreign) simulator.queueForeignEvent();
        else simulator.redeliverLastEvent();
        return { queued: foreign ? 'foreign' : 'redelivered' };
      },
    },
    {
      method: 'GET',
      path: '/dns/records',
      what: 'zones, records and signed updates',
      run: () => dns.snapshot(),
    },
    {
      method: 'POST',
      path: '/dns/records',
      what: 'add a record {name, type, value, ttl?}',
      run({ body }) {
        const { ttl, ...record } = parse(AddRecordInput, body);
        dns.addRecord({ ...record, ...(ttl === undefined ? {} : { ttl }) });
        return { name: record.name, type: record.type, values: dns.records(record.name, record.type) };
      },
    },
    {
      method: 'DELETE',
      path: '/dns/records',
      what: 'remove one or all of a set {name, type, value?}',
      run({ body }) {
        const { value, ...set } = parse(RemoveRecordInput, body);
        return { removed: dns.removeRecord({ ...set, ...(value === undefined ? {} : { value }) }) };
      },
    },
    {
      method: 'POST',
      path: '/tick',
      what: 'let the CA look at its pending orders now',
      async run() {
        await ca.tick();
        return { orders: ca.orders().map(({ id, status }) => ({ id, status })) };
      },
    },
  ];

  const about = () => ({
    warning:
      'NOT A CA. This is the sandbox of renewd: its certificates are worthless, and it forgets everything on exit.',
    vendors: Object.fromEntries([...vendors].map(([id, { baseUrl }]) => [id, baseUrl])),
    epp: Object.fromEntries(
      [...vendors].flatMap(([id, { epp }]) => (epp === undefined ? [] : [[id, `${epp.host}:${epp.port}`]])),
    ),
    dns: `127.0.0.1:${dns.address.port}`,
    routes: listed(routes),
  });
  return routes;
}

const listed = (routes: readonly Route[]): string[] =>
  routes.map(({ method, path, what }) => `${method} ${path} - ${what}`);

/** zod's findings as one sentence per mistake, each beginning with where it is. */
function parse<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => {
    const where = issue.path.length === 0 ? 'The body' : `"${issue.path.join('.')}"`;
    return `${where}: ${issue.message}`;
  });
  throw new BadRequest(mistakes.join('; '));
}

async function answer(
  routes: readonly Route[],
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bytes = await readBody(incoming);
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const send = (status: number, value: unknown): void => {
    const isText = typeof value === 'string';
    const text = isText ? value : `${JSON.stringify(value ?? null, undefined, 2)}\n`;
    response.writeHead(status, {
      'content-type': isText ? 'application/x-pem-file' : 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
    });
    response.end(text);
  };
  if (bytes === undefined) {
    send(413, { error: 'The body is too long; 1 MiB at most would be right.' });
    return;
  }
  const here = routes.flatMap((route) => {
    const id = match(route.path, pathname);
    return id === undefined ? [] : [{ route, id }];
  });
  const found = here.find(({ route }) => route.method === incoming.method);
  if (found === undefined) {
    const known = here.length > 0;
    const error = known
      ? `${pathname} does not take ${incoming.method}; ${here.map(({ route }) => route.method).join(' or ')} would be right.`
      : `There is nothing at ${pathname}; one of the routes would be right.`;
    send(known ? 405 : 404, { error, routes: listed(routes) });
    return;
  }
  try {
    send(200, await found.route.run({ query: searchParams, id: found.id, body: json(bytes) }));
  } catch (error) {
    // Everything a route refuses is refused because of what the caller asked for.
    const text = messageOf(error);
    send(error instanceof NotFound ? 404 : 400, { error: text });
  }
}

/** What stands in the place of "{id}" ("" without one); undefined when the path is another. */
function match(path: string, actual: string): string | undefined {
  const [before = '', after] = path.split('{id}');
  if (after === undefined) return actual === path ? '' : undefined;
  if (!actual.startsWith(before) || !actual.endsWith(after)) return undefined;
  const id = actual.slice(before.length, actual.length - after.length);
  return id === '' || id.includes('/') ? undefined : decodeURIComponent(id);
}

function json(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new BadRequest(`The body is no JSON: ${messageOf(error)}`);
  }
}
