/** Serves one page to this machine, and nothing else to nobody else. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FileError } from '../../files/text.ts';

const LOOPBACK = '127.0.0.1';
/** By which names a browser of this machine asks. A stranger's page that has its own name point here is not answered. */
const HOSTS = [LOOPBACK, 'localhost'];
const PATHS = ['/', '/index.html'];

/** The page says itself what may run in it (Content-Security-Policy). */
const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/**
 * @param port 0: a free one
 * @returns `in use` if somebody else has the port
 * @throws FileError if it can't be had for another reason
 */
export function servePage(page: string, port: number): Promise<Server | 'in use'> {
  const body = Buffer.from(page);
  const server = createServer((request, response) => answer(request, response, body));
  return new Promise((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      code === 'EADDRINUSE' ? resolve('in use') : reject(new FileError(`port ${port} can't be had (${code})`)),
    );
    server.listen(port, LOOPBACK, () => resolve(server));
  });
}

export const addressOf = (server: Server): string => `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`;

/** Ends it, even while browsers still read from it. */
export function endServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function answer({ method = '', url = '', headers: { host = '' } }: IncomingMessage, response: ServerResponse, page: Buffer): void {
  const say = (status: number, words: string, more: Record<string, string> = {}): void =>
    void response
      .writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8', ...more })
      .end(method === 'HEAD' ? undefined : `${words}\n`);
  if (!HOSTS.includes(host.replace(/:\d+$/, ''))) say(421, 'this server is of another name');
  else if (!['GET', 'HEAD'].includes(method)) say(405, 'only GET and HEAD', { Allow: 'GET, HEAD' });
  else if (!PATHS.includes(url.replace(/\?.*$/s, ''))) say(404, 'there is only /');
  else
    response
      .writeHead(200, { ...HEADERS, 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': page.length })
      .end(method === 'HEAD' ? undefined : page);
}
