/** What something costs, whatever else the machine does meanwhile: for limits on work that hostile input may cause. */
export function cpuTimeMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
