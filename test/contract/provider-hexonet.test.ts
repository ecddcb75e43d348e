import { manifest } from '../../src/providers/hexonet/index.ts';
import { hexonetFacts } from './hexonet-facts.ts';
import { providerContract } from './provider.ts';

providerContract('hexonet over HTTP', manifest.create, hexonetFacts);
providerContract('hexonet over EPP', manifest.create, { ...hexonetFacts, epp: true });
