/** What the tests of the Resello simulator share: a world of maps, and requests as the document's samples send them. */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { SteerableSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { SimulatorAnswer, VendorSimulator } from '../../../src/sandbox/contract.ts';
import { createReselloSimulator, RESELLO_PLANS } from '../../../src/sandbox/resello/index.ts';
import type { ReselloOptions } from '../../../src/sandbox/resello/index.ts';
import { caLookingAt, csrFor, handClock, newEvidence, requestTo, seededRandom } from './kit.ts';
import type { Evidence, HandClock } from './kit.ts';

export const ACCOUNT = { username: 'reseller', apiKey: 'key:with:colons' } as const;
export const OTHER_ACCOUNT = { username: 'other', apiKey: 'another-key' } as const;
export const basic = ({ username, apiKey }: { username: string; apiKey: string }): string =>
  `Basic ${Buffer.from(`${username}:${apiKey}`).toString('base64')}`;

/** As curl labels what it is given with --data. */
export const FORM_LABEL = 'application/x-www-form-urlencoded';

export const planId = (name: string): string => RESELLO_PLANS.find((plan) => plan.name === name)?.id ?? '';
export const DV = planId('DV Single');

/** Of the document's sample: all that an OV order is asked for. */
export const ORGANIZATION = {
  chamber_of_commerce: '12345678',
  company_name: 'Johns inc.',
  department: 'Development',
  address: 'Example street 13',
  zip_code: '12345',
  city: 'Smallville',
  approver_first_name: 'John',
  approver_last_name: 'Doe',
  approver_email_address: 'john.doe@example.com',
  approver_phone_number: '+31.612345678',
} as const;

export const CertificateObject = z.looseObject({
  id: z.uuid(),
  status: z.string(),
  client_reference: z.string().nullable(),
});
export type CertificateObject = z.output<typeof CertificateObject>;

const Errors = z.object({
  errors: z.array(z.looseObject({ code: z.string(), field: z.string().optional() })),
});

/** Which fields an error answer of the default shape complains about, with its codes. */
export function complaints(reply: Reply): string[] {
  return Errors.parse(reply.json).errors.map(({ code, field }) => `${code} ${field ?? ''}`.trim());
}

/** The least that buys a DV certificate, with a fresh key. */
export const orderBody = async (
  extra: Record<string, unknown> = {},
  names: readonly string[] = ['example.com'],
): Promise<Record<string, unknown>> => ({ csr: await csrFor(names), dcv_type: 'DNS', plan: DV, ...extra });

export const Details = z.looseObject({
  status: z.string(),
  dcv_type: z.string(),
  domains: z.array(
    z.looseObject({
      domain: z.string(),
      status: z.string(),
      dns: z.looseObject({ type: z.string(), name: z.string(), value: z.string() }).optional(),
      file: z.looseObject({ path: z.string(), content: z.string() }).optional(),
      email: z.looseObject({ email_addresses: z.array(z.string()) }).optional(),
    }),
  ),
});

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Parsed; undefined for what is no JSON. */
  readonly json: unknown;
}

function replyOf(answer: SimulatorAnswer): Reply {
  const body = Buffer.from(answer.body);
  const isJson = answer.headers['content-type']?.startsWith('application/json') === true;
  const json: unknown = isJson ? JSON.parse(body.toString()) : undefined;
  return { status: answer.status, headers: answer.headers, body, json };
}

export interface Desk {
  readonly clock: HandClock;
  readonly evidence: Evidence;
  readonly ca: SteerableSandboxCa;
  readonly simulator: VendorSimulator;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Posts an order; the object in the answer. */
  order(body: Record<string, unknown>, path?: string): Promise<CertificateObject>;
  get(id: string): Promise<CertificateObject>;
  /** Puts everything validation-details asks for where the CA looks, and lets it look. */
  prove(id: string): Promise<void>;
  leaf(id: string): Promise<X509Certificate>;
  /** A DV certificate for example.com (or these names) that is active. */
  active(extra?: Record<string, unknown>, names?: readonly string[]): Promise<CertificateObject>;
}

export function openDesk(options: Partial<ReselloOptions> = {}, delayMs = 0): Desk {
  const clock = handClock();
  const evidence = newEvidence();
  const ca = caLookingAt(evidence, clock);
  ca.delayMs = delayMs;
  const simulator = createReselloSimulator({
    ca,
    clock,
    accounts: [ACCOUNT, OTHER_ACCOUNT],
    random: seededRandom(),
    options,
  });
  const desk: Desk = {
    clock,
    evidence,
    ca,
    simulator,
    async send(method, path, body, headers = {}) {
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      const all = { authorization: basic(ACCOUNT), 'content-type': FORM_LABEL, ...headers };
      return replyOf(await simulator.handle(requestTo(method, `/api${path}`, text, all)));
    },
    async order(body, path = '/ssl-certificate') {
      const reply = await desk.send('POST', path, body);
      if (reply.status > 299) throw new Error(`${reply.status} ${reply.body.toString()}`);
      return CertificateObject.parse(reply.json);
    },
    async get(id) {
      return CertificateObject.parse((await desk.send('GET', `/ssl-certificate/${id}`)).json);
    },
    async prove(id) {
      const { json } = await desk.send('GET', `/ssl-certificate/${id}/validation-details`);
      for (const { domain, dns, file } of Details.parse(json).domains) {
        if (dns?.type === 'TXT') {
          evidence.texts.set(dns.name, [...(evidence.texts.get(dns.name) ?? []), dns.value]);
        }
        if (dns?.type === 'CNAME') evidence.aliases.set(dns.name, dns.value);
        if (file !== undefined) evidence.files.set(`http://${domain}${file.path}`, file.content);
      }
      await ca.tick();
    },
    async leaf(id) {
      return new X509Certificate((await desk.send('GET', `/ssl-certificate/${id}/download-crt`)).body);
    },
    async active(extra = {}, names = ['example.com']) {
      const { id } = await desk.order(await orderBody(extra, names));
      await desk.prove(id);
      return desk.get(id);
    },
  };
  return desk;
}
