import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

// Asks a service over many connections, each again as soon as it is answered, and tells how long the answers took.
const [url = '', body = '', connections = '1', questions = '1'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });

async function ask(): Promise<{ status: number; tookMs: number; retryAfter: string | undefined }> {
  const startedMs = performance.now();
  return await new Promise((answered, failed) => {
    const headers = { 'content-type': 'application/json' };
    request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () =>
        answered({
          status: response.statusCode ?? 0,
          tookMs: performance.now() - startedMs,
          retryAfter: response.headers['retry-after'],
        }),
      );
    })
      .once('error', failed)
      .end(body);
  });
}

const answers: Awaited<ReturnType<typeof ask>>[] = [];
async function askOn(): Promise<void> {
  let accepted = 0;
  while (accepted < Number(questions)) {
    const answer = await ask();
    answers.push(answer);
    if (answer.status === 200 || answers.length > 20_000) accepted += 1;
    else await sleep(5);
  }
}

await Promise.all(Array.from({ length: Number(connections) }, askOn));
agent.destroy();
process.stdout.write(JSON.stringify(answers));
