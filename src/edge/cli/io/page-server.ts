/** Serves a page, or a few files, to this machine alone. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SiteFile } from '../../files/docs.ts';
import { FileError } from '../../files/text.ts';

const LOOPBACK = '127.0.0.1';
/** By which names a browser of this machine asks. A stranger's page that has its own name point here is not answered. */
const HOSTS = [LOOPBACK, 'localhost'];

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
  const file: SiteFile = { type: 'text/html; charset=utf-8', body: () => body };
  return serveFiles(new Map(['/', '/index.html'].map((path) => [path, file])), port);
}

/**
 * @param files by the path under which they are asked for
 * @param port as of `servePage` @returns as `servePage` @throws as `servePage`
 */
export function serveFiles(files: ReadonlyMap<string, SiteFile>, port: number): Promise<Server | 'in use'> {
  const server = createServer((request, response) => answer(request, response, files));
  return new Promise((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      code === 'EADDRINUSE' ? resolve('in use') : reject(new FileError(`port ${port} cannot be used (${code})`)),
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

function answer(
  { method = '', url = '', headers: { host = '' } }: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, SiteFile>,
): void {
  const say = (status: number, words: string, more: Record<string, string> = {}): void =>
    void response
      .writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8', ...more })
      .end(method === 'HEAD' ? undefined : `${words}\n`);
  const file = files.get(url.replace(/[?#].*$/s, ''));
  if (!HOSTS.includes(host.replace(/:\d+$/, ''))) say(421, 'this server is of another name');
  else if (!['GET', 'HEAD'].includes(method)) say(405, 'only GET and HEAD', { Allow: 'GET, HEAD' });
  else if (file === undefined) say(404, files.size > 2 ? 'there is no such page' : 'there is only /');
  else {
    const body = file.body();
    response
      .writeHead(200, { ...HEADERS, 'Content-Type': file.type, 'Content-Length': body.length })
      .end(method === 'HEAD' ? undefined : body);
  }
}
