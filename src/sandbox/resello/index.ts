/** The Resello simulator. Written from the vendor's documents; knows nothing of renewd's client. */
export { DEFAULT_OPTIONS as RESELLO_DEFAULT_OPTIONS } from './options.ts';
export type { ReselloOptions } from './options.ts';
export { PLANS as RESELLO_PLANS } from './plans.ts';
export type { Plan as ReselloPlan } from './plans.ts';
export { createReselloSimulator } from './simulator.ts';
export type { ReselloSimulatorSettings } from './simulator.ts';
