/** The fault matrix at HEXONET, by HTTP and by EPP. */
import { describeMatrix } from './matrix.ts';

describeMatrix('matrix-hexonet', ['hx', 'epp']);
