/** A simulated reseller, its CA and its name server, in a process of their own: `sandbox PACKAGE`. */
import { sandboxTsigKey } from '../../src/sandbox/start.ts';
import { serve } from '../child.ts';
import { allAccounts } from '../world/inventory.ts';
import { compiled } from '../world/renewd.ts';

const [root = ''] = process.argv.slice(2);
const start = await compiled(root, 'startSandbox');
const createRrpproxy = await compiled(root, 'createRrpproxySimulator');
const { clock } = await compiled(root, 'realWorld');
const sandbox = await start({
  clock,
  zones: ['bench.test'],
  tsigKeys: [sandboxTsigKey],
  tickMs: 200,
  vendors: [({ ca }) => createRrpproxy({ ca, clock, accounts: allAccounts })],
});

export interface Pace {
  /** How long the CA takes at least. */
  readonly issuanceMs: number;
  /** How long every answer takes. */
  readonly answerMs: number;
}

/** More requests than one measurement sends. */
const often = 1_000_000;

export const handlers = {
  addresses: () => ({
    vendor: sandbox.vendors.get('rrpproxy')?.baseUrl ?? '',
    dns: sandbox.dns.address,
    control: sandbox.controlUrl,
    rootPem: sandbox.ca.rootPem,
  }),
  requests: () => sandbox.history.entries().length,
  pace: ({ issuanceMs, answerMs }: Pace) => {
    sandbox.ca.delayMs = issuanceMs;
    sandbox.faults.clear();
    if (answerMs > 0)
      sandbox.faults.add({ vendor: 'rrpproxy', kind: 'delay', delayMs: answerMs, times: often });
  },
} as const;

serve(handlers);
