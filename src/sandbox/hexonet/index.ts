/** The HEXONET simulator. Written from the vendor's documents; knows nothing of renewd's client. */
export { CERTIFICATE_CLASSES } from './classes.ts';
export type { CertificateClass } from './classes.ts';
export type { Login as HexonetLogin } from './logins.ts';
export { DEFAULT_OPTIONS as HEXONET_DEFAULT_OPTIONS } from './options.ts';
export type { HexonetOptions } from './options.ts';
export { createHexonetSimulator } from './simulator.ts';
export type { HexonetSimulatorSettings } from './simulator.ts';
