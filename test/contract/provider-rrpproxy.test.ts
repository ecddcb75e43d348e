import { manifest } from '../../src/providers/rrpproxy/index.ts';
import { providerContract } from './provider.ts';
import { v2Facts } from './provider/rrpproxy-facts.ts';

providerContract('rrpproxy', manifest.create, v2Facts);
