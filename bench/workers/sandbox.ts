/** A simulated reseller, its CA and its name server, in a process of their own: `sandbox PACKAGE`. */
import { sandboxTsigKey } from '../../src/sandbox/start.ts';
import { serve } from '../child.ts';
import { accounts } from '../world/inventory.ts';
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
  // Long enough that all orders are under way at once.
  ca: { delayMs: 8000 },
  vendors: [({ ca }) => createRrpproxy({ ca, clock, accounts })],
});

export const handlers = {
  addresses: () => ({
    vendor: sandbox.vendors.get('rrpproxy')?.baseUrl ?? '',
    dns: `${sandbox.dns.address.host}:${sandbox.dns.address.port}`,
  }),
  requests: () => sandbox.history.entries().length,
} as const;

serve(handlers);
