import { Agent, request } from 'node:http';
import type { PredictAnswer } from '../../../config/wire.ts';

/** Why there was no answer: the status of a refusal, or the code of what went wrong with the connection. */
export interface Unanswered {
  readonly why: string;
}

/** What a client asks of a service that may end at any moment. */
export interface Asker {
  /** The id of the prediction. */
  predict(row: unknown): Promise<string | Unanswered>;
  /** The outcome is on record. */
  report(id: string, label: string): Promise<'on record' | Unanswered>;
  close(): void;
}

/** Connections are kept; `fetch` would take more processor time than the service. */
export function createAsker(url: string, model: string): Asker {
  const agent = new Agent({ keepAlive: true });
  const post = (what: string, body: unknown): Promise<string | Unanswered> =>
    new Promise((answered) => {
      const asked = request(
        `${url}/v1/models/${model}/${what}`,
        { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => void chunks.push(chunk));
          response.once('end', () => {
            const text = Buffer.concat(chunks).toString();
            answered(response.statusCode === 200 ? text : { why: `${response.statusCode} ${text}` });
          });
          response.once('error', (error) => answered({ why: error.message }));
        },
      );
      asked.once('error', (error) => answered({ why: error.message }));
      asked.end(JSON.stringify(body));
    });
  return {
    async predict(row) {
      const answer = await post('predict', { rows: [row] });
      if (typeof answer !== 'string') return answer;
      return (JSON.parse(answer) as PredictAnswer).predictions[0]?.id ?? { why: 'no prediction' };
    },
    async report(id, label) {
      const answer = await post('feedback', { outcomes: [{ id, label }] });
      return typeof answer === 'string' ? 'on record' : answer;
    },
    close: () => agent.destroy(),
  };
}
