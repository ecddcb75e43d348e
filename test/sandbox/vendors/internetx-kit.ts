/** What the InterNetX simulator's tests share: a world with a real name server, and both ways of asking it. */
import { z } from 'zod';
import { createDcvResolver, createSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { SteerableSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { VendorSimulator } from '../../../src/sandbox/contract.ts';
import { startSandboxDns } from '../../../src/sandbox/dns/index.ts';
import type { SandboxDns } from '../../../src/sandbox/dns/index.ts';
import { createInternetxSimulator } from '../../../src/sandbox/internetx/index.ts';
import type { InternetxOptions } from '../../../src/sandbox/internetx/index.ts';
import { bodyText, handClock, requestTo, seededRandom } from './kit.ts';
import type { HandClock } from './kit.ts';

export const ACCOUNT = { user: 'customer', password: 'pa:ss&<w>', context: 9 };
const HEADERS = {
  authorization: `Basic ${Buffer.from(`${ACCOUNT.user}:${ACCOUNT.password}`).toString('base64')}`,
  'x-domainrobot-context': '9',
  'user-agent': 'test',
};

/** The simulator, the CA behind it, and a name server on loopback where the CA looks. */
export interface Stage {
  readonly clock: HandClock;
  readonly dns: SandboxDns;
  readonly ca: SteerableSandboxCa;
  readonly files: Map<string, string>;
  readonly simulator: VendorSimulator;
}

const ZONES = ['example.com', 'shop.example.org'];

export async function openStage(options: Partial<InternetxOptions> = {}): Promise<Stage> {
  const clock = handClock();
  const dns = await startSandboxDns({ clock, zones: ZONES });
  const files = new Map<string, string>();
  const ca = createSandboxCa({
    clock,
    resolver: createDcvResolver(dns.address),
    fetchFile: async (url) => {
      const text = files.get(url);
      return { status: text === undefined ? 404 : 200, body: Buffer.from(text ?? ''), url };
    },
  });
  return { clock, dns, ca, files, simulator: withOptions({ clock, dns, ca }, options) };
}

/** Another simulator over the same CA and name server. */
export function withOptions(
  { clock, dns, ca }: Pick<Stage, 'clock' | 'dns' | 'ca'>,
  options: Partial<InternetxOptions>,
): VendorSimulator {
  return createInternetxSimulator({ ca, clock, dns, accounts: [ACCOUNT], random: seededRandom(), options });
}

const Reply = z.looseObject({
  stid: z.string(),
  status: z.looseObject({ code: z.string().optional(), type: z.string() }),
  object: z.looseObject({ type: z.string(), value: z.string(), summary: z.number().optional() }).optional(),
  data: z.array(z.looseObject({})).optional(),
  messages: z
    .array(
      z.looseObject({
        code: z.string().optional(),
        text: z.string().optional(),
        objects: z.array(z.looseObject({ type: z.string(), value: z.string() })).optional(),
        messages: z.array(z.unknown()).optional(),
      }),
    )
    .optional(),
});
export type Reply = z.output<typeof Reply> & { readonly http: number };

/** One call of the JSON API. */
export async function call(
  simulator: VendorSimulator,
  method: string,
  path: string,
  body?: unknown,
): Promise<Reply> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const answer = await simulator.handle(requestTo(method, `/v1${path}`, text, HEADERS));
  return { ...Reply.parse(JSON.parse(bodyText(answer))), http: answer.status };
}

export const idIn = (reply: Reply): number => z.looseObject({ id: z.number() }).parse(reply.data?.[0]).id;

export function orderBody(csr: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    adminContact: { id: 100 },
    technicalContact: { id: 100 },
    name: 'example.com',
    lifetime: { unit: 'MONTH', period: 12 },
    software: 'APACHESSL',
    csr,
    product: 'QUICKSSLPREMIUM',
    authentication: { method: 'DNS' },
    ...extra,
  };
}

/** Owner, type and value of a zone line as either API writes it. */
export function zoneLine(line: string): { name: string; type: 'TXT' | 'CNAME'; value: string } {
  const [, name = '', type, value = ''] =
    /^(\S+?)\.\s+\d+\s+IN\s+(TXT|CNAME)\s+"?([^"\s]+?)\.?"?$/.exec(line.trim()) ?? [];
  if (type !== 'TXT' && type !== 'CNAME') throw new Error(`no zone line: ${line}`);
  return { name, type, value };
}
