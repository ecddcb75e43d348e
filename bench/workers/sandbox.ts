/** The simulated resellers, their CA and their name server, in a process of their own: `sandbox PACKAGE`. */
import { serve } from '../child.ts';
import { compiled } from '../world/renewd.ts';

const [root = ''] = process.argv.slice(2);
const start = await compiled(root, 'startFullSandbox');
const { clock } = await compiled(root, 'realWorld');
const sandbox = await start({
  clock,
  zones: ['bench.test'],
  tickMs: 200,
  // Long enough that all orders are under way at once.
  issuanceDelayMs: 8000,
});

export const handlers = {
  addresses: () => ({
    vendor: sandbox.vendors.get('rrpproxy')?.baseUrl ?? '',
    dns: `${sandbox.dns.address.host}:${sandbox.dns.address.port}`,
  }),
  requests: () => sandbox.history.entries().length,
} as const;

serve(handlers);
