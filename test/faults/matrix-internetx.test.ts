/** The fault matrix at InterNetX, by JSON and by XML. */
import { describeMatrix } from './matrix.ts';

describeMatrix('matrix-internetx', ['inx', 'xml']);
