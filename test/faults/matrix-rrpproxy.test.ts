/** The fault matrix at RRPproxy, API 2 and API 1. */
import { describeMatrix } from './matrix.ts';

describeMatrix('matrix-rrpproxy', ['cnr', 'old']);
