/** A redis-server on a free port, with nothing in it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

export interface StartedRedis {
  readonly url: string;
  /** Ends it at once. */
  readonly end: () => void;
}

export async function startRedis(): Promise<StartedRedis> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const child: ChildProcess = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const text of child.stdout!) if (String(text).includes('Ready to accept')) break;
  return { url: `redis://127.0.0.1:${port}`, end: () => void child.kill('SIGKILL') };
}
