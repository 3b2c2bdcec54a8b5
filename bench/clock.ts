export interface Took {
  readonly seconds: number;
  /** Of all cores. */
  readonly cpuSeconds: number;
}

/** Time on the wall, and of all cores on this process. */
export function startClock(): () => Took {
  const startedAtMs = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - startedAtMs) / 1_000, cpuSeconds: (user + system) / 1e6 };
  };
}
