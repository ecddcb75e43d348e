/** One simulator with a clock moved by hand and a CA that looks into maps, as every test of this vendor begins. */
import { expect } from 'vitest';
import type { SteerableSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { SeededOrder, SeedOrder, VendorSimulator } from '../../../src/sandbox/contract.ts';
import type { SandboxDns } from '../../../src/sandbox/dns/index.ts';
import { createRrpproxySimulator } from '../../../src/sandbox/rrpproxy/index.ts';
import type { RrpproxyOptions } from '../../../src/sandbox/rrpproxy/index.ts';
import { caLookingAt, csrFor, handClock, newEvidence, seededRandom } from './kit.ts';
import type { Evidence, HandClock } from './kit.ts';
import { call, first, LOGIN, pemLines } from './rrpproxy-kit.ts';
import type { CommandInput, TextAnswer } from './rrpproxy-kit.ts';

export interface Desk {
  readonly clock: HandClock;
  readonly evidence: Evidence;
  readonly ca: SteerableSandboxCa;
  readonly simulator: VendorSimulator;
  /** API 2. */
  send(input: CommandInput): Promise<TextAnswer>;
  /** API 1, by leaving the version out. */
  sendOld(input: CommandInput): Promise<TextAnswer>;
  /** AddCertificate of API 2 for `ssl123dv`, validated by TXT. */
  order(extra?: CommandInput, names?: readonly string[]): Promise<TextAnswer>;
  /** Does what the answer of API 2 says and lets the CA look. */
  fulfil(answer: TextAnswer): Promise<void>;
  /** The id of a certificate ordered, validated and issued. */
  issued(extra?: CommandInput, names?: readonly string[]): Promise<string>;
  status(certificate: string): Promise<TextAnswer>;
  /** An order of API 1, issued in April 2026, ending 16 October. */
  seedOld(seed?: Partial<SeedOrder>): Promise<SeededOrder>;
}

export function newDesk(options: Partial<RrpproxyOptions> = {}, dns?: SandboxDns, clock = handClock()): Desk {
  const evidence = newEvidence();
  const ca = caLookingAt(evidence, clock);
  const simulator = createRrpproxySimulator({
    ca,
    clock,
    accounts: [LOGIN],
    random: seededRandom(),
    options,
    ...(dns === undefined ? {} : { dns }),
  });
  const desk: Desk = {
    clock,
    evidence,
    ca,
    simulator,
    send: (input) => call(simulator, { apiversion: 2, ...input }),
    sendOld: (input) => call(simulator, input),
    async order(extra = {}, names = ['example.com']) {
      return await desk.send({
        command: 'AddCertificate',
        class: 'ssl123dv',
        techcontact0: 'P-ABC123',
        dcvmethod: 'dns-txt',
        domain: names,
        csr: pemLines(await csrFor(names)),
        ...extra,
      });
    },
    async fulfil(answer) {
      const {
        'dns rr': records = [],
        'dcv domain': domains = [],
        'file name': files = [],
        'file contents': contents = [],
      } = answer.properties;
      records.forEach((record, index) => {
        const [owner = '', ...rest] = record.split(' ');
        const domain = domains[index] ?? '';
        if (record.includes('CNAME')) evidence.aliases.set(owner.replace(/\.$/, ''), rest.at(-1) ?? '');
        else evidence.texts.set(domain, [...(evidence.texts.get(domain) ?? []), rest.at(-1) ?? owner]);
      });
      files.forEach((file, index) => evidence.files.set(file, (contents[index] ?? '').replaceAll(' ', '\n')));
      await ca.tick();
    },
    async issued(extra, names) {
      const added = await desk.order(extra, names);
      await desk.fulfil(added);
      const id = first(added, 'certificate');
      expect(first(await desk.status(id), 'status')).toBe('active');
      return id;
    },
    status: (certificate) => desk.send({ command: 'StatusCertificate', certificate }),
    async seedOld(seed = {}) {
      const names = seed.names ?? ['example.com', 'www.example.com'];
      return simulator.seed({
        names,
        product: 'RapidSSL',
        csrPem: await csrFor(names),
        notBefore: new Date('2026-04-01T00:00:00Z'),
        notAfter: new Date('2026-10-16T00:00:00Z'),
        paidUntil: new Date('2027-04-01T00:00:00Z'),
        dcvMethod: 'dns',
        generation: 'v1',
        ...seed,
      });
    },
  };
  return desk;
}
