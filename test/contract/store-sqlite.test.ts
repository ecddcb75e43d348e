import { storeContract } from './store.ts';
import { open } from './store-engines/sqlite.ts';

storeContract('sqlite', open, new URL('./store-engines/sqlite.ts', import.meta.url));
