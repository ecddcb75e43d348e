/** The order of the test files: those that take long come first, so that no worker ends with one alone. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders and files, the slowest first; what is not named here keeps its order behind them. */
const slow = [
  // These wait for most of their time, for clocks and for a booting system: something else runs beside them.
  '/interop/sigkill.',
  '/interop/cli.',
  '/interop/systemd.',
  '/simulation/plants.',
  '/interop/examples.',
  '/interop/container.',
  '/simulation/',
  '/faults/matrix-',
  '/secrets/daemon.',
  '/interop/',
  '/faults/',
  '/hostile/',
  '/secrets/',
  '/flow/',
  // Behind the line the modules stay loaded, so that these are one after the other.
  '/contract/',
];

function rank({ moduleId }: TestSpecification): number {
  const found = slow.findIndex((part) => moduleId.includes(part));
  return found === -1 ? slow.length : found;
}

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
