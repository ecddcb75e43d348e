/** New certificates ordered, proved, collected and deployed by the compiled renewd: `orders PACKAGE`. */
import { serve } from '../child.ts';
import { compiled, newComposer } from '../world/renewd.ts';

const [root = ''] = process.argv.slice(2);
const composer = await newComposer(root);
const driveFor = await compiled(root, 'driveFor');
const { clock } = await compiled(root, 'realWorld');

export interface OrderFigures {
  readonly ms: number;
  readonly cpuMs: number;
  /** Most orders that were open at the same moment. */
  readonly inFlight: number;
  /** Durable commits for one order. */
  readonly commits: number;
}

export const handlers = {
  run: async ({ config }: { readonly config: string }): Promise<OrderFigures> => {
    const { configuration } = await composer.load(config);
    if (configuration === undefined) throw new Error('the configuration has mistakes');
    const runtime = await composer.openRuntime(configuration, { quiet: true, begin: true });
    await runtime.driver.configure(configuration);
    let inFlight = 0;
    const sampling = setInterval(() => {
      const open = runtime.driver.entries().filter((entry) => entry.open?.orderedAt != null);
      inFlight = Math.max(inFlight, open.length);
    }, 250);
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    await driveFor(runtime, clock, 90_000);
    const ms = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    clearInterval(sampling);
    let commits = 0;
    for (const { managed } of runtime.driver.entries()) {
      const [renewal] = await runtime.store.renewalsOf(managed.name, 1);
      if (renewal?.state !== 'served')
        throw new Error(
          `${managed.name} is ${renewal?.state ?? 'not begun'}: ${renewal?.failure?.message ?? ''}`,
        );
      commits += renewal.revision;
    }
    const count = configuration.certificates.length;
    await runtime.close();
    return { ms, cpuMs: (user + system) / 1000, inFlight, commits: commits / count };
  },
} as const;

serve(handlers);
