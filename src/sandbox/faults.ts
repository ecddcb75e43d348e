import { z } from 'zod';
import type { Fault } from './contract.ts';

/** Misbehaviour ordered ahead of time, used up in the order it was given. What each kind does is told in contract.ts. */

export interface FaultQueue {
  /** Throws a sentence for people when the fault makes no sense. */
  add(fault: Fault): void;
  /** The next fault for this request, one time less of it left. */
  take(vendor: string, command: string): Fault | undefined;
  /** What is still to come; `times` says how often. */
  pending(): Fault[];
  clear(): void;
}

export function createFaultQueue(): FaultQueue {
  let queue: { readonly fault: Fault; left: number }[] = [];
  return {
    add(fault) {
      const problem = faultProblem(fault);
      if (problem !== undefined) throw new Error(problem);
      queue.push({ fault, left: fault.times ?? 1 });
    },
    take(vendor, command) {
      const hit = queue.find(
        ({ fault }) => fault.vendor === vendor && (fault.command === undefined || fault.command === command),
      );
      if (hit === undefined) return undefined;
      hit.left -= 1;
      queue = queue.filter(({ left }) => left > 0);
      return hit.fault;
    },
    pending: () => queue.map(({ fault, left }) => ({ ...fault, times: left })),
    clear() {
      queue = [];
    },
  };
}

const FAULT_KINDS = [
  'delay',
  'drop-before',
  'lose-answer',
  'code',
  'code-after',
  'html',
  'truncate',
  'oversize',
  'trickle',
  'redirect',
  'session-loss',
] as const satisfies readonly Fault['kind'][];

export const DEFAULT_HTML_STATUS = 502;
/** More than any honest answer of a reseller. */
export const DEFAULT_OVERSIZE_BYTES = 32 * 1024 * 1024;
export const DEFAULT_TRICKLE_MS = 50;

const FaultSchema = z.strictObject({
  vendor: z.string().min(1),
  command: z.string().min(1).exactOptional(),
  times: z.int().min(1).exactOptional(),
  kind: z.enum(FAULT_KINDS),
  delayMs: z.int().min(0).max(600_000).exactOptional(),
  code: z.string().min(1).exactOptional(),
  status: z.int().min(200).max(599).exactOptional(),
  bytes: z.int().min(1).max(1_073_741_824).exactOptional(),
  location: z.string().min(1).exactOptional(),
});

/** The fields a kind cannot do without. */
const NEEDED: Partial<Record<Fault['kind'], keyof Fault>> = {
  delay: 'delayMs',
  code: 'code',
  'code-after': 'code',
  redirect: 'location',
};

/** From JSON; the caller turns issues into a message. */
export const FaultInput = FaultSchema.check((context) => {
  const problem = missingField(context.value.kind, context.value);
  if (problem !== undefined) {
    context.issues.push({ code: 'custom', message: problem, input: context.value, path: [] });
  }
});

function missingField(kind: Fault['kind'], fault: Partial<Fault>): string | undefined {
  const needed = NEEDED[kind];
  if (needed === undefined || fault[needed] !== undefined) return undefined;
  return `a fault of kind "${kind}" needs "${needed}" too`;
}

function faultProblem(fault: Fault): string | undefined {
  const parsed = FaultInput.safeParse(fault);
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  return `The fault is not right: ${[...(issue?.path ?? []), issue?.message].join(': ')}.`;
}
