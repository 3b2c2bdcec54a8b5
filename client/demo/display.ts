import type { DecisionSummary } from '../../domain/lifecycle/state.ts';

/** Prints events one a line, with a progress bar below them on a terminal. */
export interface Display {
  say(text: string): void;
  event(week: number, decision: DecisionSummary): void;
  progress(done: number, total: number, note: string): void;
  end(): void;
}

const barWidth = 30;
/** An event is a line: the Web UI and `incumbent history` tell the rest. */
const longestSummary = 170;

function shorten(text: string): string {
  return text.length <= longestSummary ? text : `${text.slice(0, longestSummary - 1).trimEnd()}…`;
}

export function createDisplay(stream: NodeJS.WriteStream): Display {
  let bar = '';
  const clear = (): void => void (stream.isTTY && bar !== '' && stream.write('\r\u001b[2K'));
  const draw = (): void => void (stream.isTTY && stream.write(bar));
  const say = (text: string): void => {
    clear();
    stream.write(`${text}\n`);
    draw();
  };
  return {
    say,
    event: (week, { kind, summary }) => say(`week ${String(week).padStart(3)}  ${kind.padEnd(22)} ${shorten(summary)}`),
    progress(done, total, note) {
      clear();
      const filled = Math.round((barWidth * done) / total);
      bar = `[${'='.repeat(filled)}${' '.repeat(barWidth - filled)}] ${Math.floor((100 * done) / total)}% ${note}`;
      draw();
    },
    end() {
      clear();
      bar = '';
    },
  };
}
