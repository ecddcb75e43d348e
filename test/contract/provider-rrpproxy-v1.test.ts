import { manifest } from '../../src/providers/rrpproxy-v1/index.ts';
import { providerContract } from './provider.ts';
import { v1Facts } from './provider/rrpproxy-facts.ts';

providerContract('rrpproxy-v1', manifest.create, v1Facts);
