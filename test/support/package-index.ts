import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { WheelPin } from '../../scripts/setup/pins.mjs';

const name = 'tiny_tool-1.0.0-py3-none-any.whl';

/** Serves HTTP on a free port. Close it with `close`. */
export async function serve(listener: RequestListener): Promise<{ url: string; close: () => void }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** Makes a wheel that holds one executable, `tool`, as the wheels of Temporal do. */
export function makeWheel(folder: string, executable: string): { path: string; pin: WheelPin } {
  const path = join(folder, name);
  const program = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as wheel:
    info = 'tiny_tool-1.0.0.dist-info/'
    wheel.writestr('tiny_tool-1.0.0.data/scripts/tool', sys.argv[2])
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tiny-tool\\nVersion: 1.0.0\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')
`;
  const made = spawnSync('python3', ['-c', program, path, executable], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`The wheel was not made: ${made.stderr}`);
  const content = readFileSync(path);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const pin = {
    package: 'tiny-tool',
    version: '1.0.0',
    platformTag: 'any',
    abi: 'none',
    bytes: content.length,
    sha256,
  } as const;
  return { path, pin };
}

/** Serves wheels as a package index does. */
export function serveIndex(wheel: string): Promise<{ url: string; close: () => void }> {
  return serve((request, response) => {
    if (request.url === '/simple/tiny-tool/') {
      response.setHeader('content-type', 'text/html').end(`<a href="/files/${name}">${name}</a>`);
    } else if (request.url === `/files/${name}`) {
      response.end(readFileSync(wheel));
    } else {
      response.writeHead(404).end();
    }
  });
}
