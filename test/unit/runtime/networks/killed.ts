/** Ends as a process that the system picks when memory runs out. */
export function build(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}
