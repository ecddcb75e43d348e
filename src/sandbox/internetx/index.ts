/** The InterNetX simulator: JSON API and XML gateway. Written from the vendor's documents; knows nothing of renewd's client. */
export { DEFAULT_OPTIONS as INTERNETX_DEFAULT_OPTIONS } from './options.ts';
export type { InternetxOptions } from './options.ts';
export { PRODUCTS } from './products.ts';
export type { Product } from './products.ts';
export { createInternetxSimulator } from './simulator.ts';
export type { InternetxSimulatorSettings } from './simulator.ts';
