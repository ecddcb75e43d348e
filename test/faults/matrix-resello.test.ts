/** The fault matrix at Resello. */
import { describeMatrix } from './matrix.ts';

describeMatrix('matrix-resello', ['rs']);
