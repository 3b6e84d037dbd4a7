/** Milliseconds of processor time that this process has used: what a bound on work compares, however busy the machine is. */
export function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
