import { alternate, rowsOf } from '../alternate.ts';
import { cpuSeconds, medianOf, seconds } from '../figures.ts';
import type { BenchOptions } from '../options.ts';
import { measureOwn, type Measurement } from '../processes.ts';
import { formatFigure, type Section } from '../report.ts';

const limitMs = 200;
const milliseconds = (measurement: Measurement): number => 1_000 * seconds(measurement);

/** First paint of the dashboard in Chromium, beside that of an empty page. */
export async function measureDashboard({ runs }: BenchOptions): Promise<Section> {
  const subjects = [
    { name: 'dashboard', measure: () => measureOwn('dashboard', '/') },
    { name: 'dashboard, after a change', measure: () => measureOwn('dashboard', '/', 'changing') },
    { name: 'a page with one word', measure: () => measureOwn('dashboard', '/empty') },
  ];
  const measurements = await alternate(subjects, runs);
  const [own, changed, empty] = measurements.map((one) => medianOf(one, milliseconds));
  return {
    title: 'Dashboard',
    setting:
      'First contentful paint in a real Chromium on loopback: a model with 400 looks of the monitor, 20 features, 300 decisions and a probation of 2,000 labels. ' +
      'Median of five visits to a service that was visited once before; plots are drawn when something has changed. CPU is that of the service, a visit.',
    rows: [
      ...rowsOf(subjects, measurements, 'ms', milliseconds),
      ...rowsOf(subjects, measurements, 'ms of CPU', (measurement) => 1_000 * cpuSeconds(measurement)),
    ],
    findings: [
      `The dashboard paints ${formatFigure(own! - empty!)} ms after a page with one word; ${limitMs} ms are allowed in all, it takes ${formatFigure(own! / limitMs)} of them, and ${formatFigure(changed! / limitMs)} where something has changed since the visit before.`,
    ],
  };
}
