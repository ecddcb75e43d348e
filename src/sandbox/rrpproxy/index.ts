/** The CentralNic Reseller (RRPproxy) simulator. Written from the vendor's documents; knows nothing of renewd's client. */
export { CERTIFICATE_CLASSES } from './classes.ts';
export type { CertificateClass, Prices } from './classes.ts';
export { DEFAULT_OPTIONS as RRPPROXY_DEFAULT_OPTIONS } from './options.ts';
export type { RrpproxyOptions } from './options.ts';
export { createRrpproxySimulator } from './simulator.ts';
export type { RrpproxySimulatorSettings } from './simulator.ts';
