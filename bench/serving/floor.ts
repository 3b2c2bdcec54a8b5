import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// The least that Node.js can do: reads a request, answers a constant of the same length as an answer of the service.
const answer = JSON.stringify({
  model: 'bench',
  version: '1',
  requestId: '01234567-89ab-cdef-0123-456789abcdef',
  predictions: [
    {
      id: '1795687272848-bench-0abc000000',
      label: 'yes',
      probability: 0.5123456789012345,
      probabilities: { no: 0.4876543210987655, yes: 0.5123456789012345 },
    },
  ],
});
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end(answer));
});
server.listen(0, '127.0.0.1', () =>
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
);
process.once('disconnect', () => process.exit(0));
