/** What is wrong with a broker is said in one line, soon, and without the password. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf } from './address.ts';
import { connect } from './connection.ts';
import { TestRedis, describeWithRedis, freePort } from './testing.ts';

const SECONDS_MAX = 3;

/** What is said of an address, and after how many seconds. */
async function refusalOf(url: string): Promise<string> {
  const begin = performance.now();
  try {
    (await connect(addressOf(url))).redis.disconnect();
    return 'nothing';
  } catch (error) {
    expect((performance.now() - begin) / 1000).toBeLessThan(SECONDS_MAX);
    expect((error as Error).message).not.toMatch(/secret|\n/);
    return (error as Error).message.replace(/:\d{4,5}: /, ':PORT: ');
  }
}

const servers: Server[] = [];
const sockets = new Set<Socket>();
async function serve(server: Server): Promise<number> {
  servers.push(server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

afterAll(() => {
  sockets.forEach((socket) => socket.destroy());
  servers.forEach((server) => server.close());
});

describe('an address', () => {
  it.each(['', 'localhost', 'http://localhost', 'redis://', 'redis://x/secret', 'redis://x?secret', 'redis://:secret@x:99999'])(
    'is refused without being quoted: %s',
    (text) => {
      expect(() => addressOf(text)).toThrow(/^--on and COWCHECK_ON require an address such as redis:\/\/HOST, [^\n]*$/);
    },
  );

  it('is shown without user and password', () => {
    expect(addressOf('rediss://me:se%40cret@x:1/3')).toEqual({
      host: 'x',
      port: 1,
      db: 3,
      username: 'me',
      password: 'se@cret',
      tls: true,
      shown: 'rediss://x:1',
    });
    expect(addressOf('redis://[::1]')).toEqual({ host: '::1', port: 6379, db: 0, tls: false, shown: 'redis://[::1]:6379' });
  });
});

describe('what is no broker', () => {
  it('is where nothing listens, or no host is', async () => {
    expect(await refusalOf(`redis://127.0.0.1:${await freePort()}`)).toBe('redis://127.0.0.1:PORT: nothing listens there');
    expect(await refusalOf('redis://no-such-host.invalid')).toBe('redis://no-such-host.invalid:PORT: there is no such host');
  });

  it('is a server of something else, or one that never answers', async () => {
    const http = await serve(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await refusalOf(`redis://127.0.0.1:${http}`)).toBe('redis://127.0.0.1:PORT: it does not answer as Redis does');
    const silent = await serve(createServer(() => {}));
    expect(await refusalOf(`redis://127.0.0.1:${silent}`)).toBe(
      'redis://127.0.0.1:PORT: it does not answer as Redis does within 2.5 s: does it expect rediss://?',
    );
    const closing = await serve(createServer((socket) => socket.destroy()));
    expect(await refusalOf(`redis://127.0.0.1:${closing}`)).toBe(
      'redis://127.0.0.1:PORT: it closes the connection: does it expect rediss://? ' +
        'Or is it in protected mode (redis-server without --requirepass)?',
    );
  });

  it('is a Redis that is too old', async () => {
    const info = '# Server\r\nredis_version:6.0.16\r\nmaxmemory_policy:noeviction\r\n';
    const answerOf = (command: string): string => (command.startsWith('info') ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
    const commands = /\*\d+\r\n\$\d+\r\n(\w+)/g;
    const answer = (socket: Socket): void =>
      void socket.on('data', (text) =>
        [...String(text).matchAll(commands)].forEach(([, name]) => socket.write(answerOf(name!.toLowerCase()))),
      );
    expect(await refusalOf(`redis://127.0.0.1:${await serve(createServer(answer))}`)).toBe(
      'redis://127.0.0.1:PORT: it is Redis 6.0.16; 6.2 or newer is required',
    );
  });
});

describeWithRedis('a Redis', () => {
  let open: TestRedis;
  let locked: TestRedis;
  let forgetful: TestRedis;
  beforeAll(async () => {
    [open, locked, forgetful] = await Promise.all([
      TestRedis.start(),
      TestRedis.start('--requirepass', 'secret'),
      TestRedis.start('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru'),
    ]);
  });
  afterAll(() => Promise.all([open, locked, forgetful].map((redis) => redis.end())));

  it('that is fit is taken', async () => {
    expect(await refusalOf(open.url)).toBe('nothing');
    expect(await refusalOf(`redis://:secret@127.0.0.1:${locked.port}/2`)).toBe('nothing');
  });

  it('wants a password, or another one', async () => {
    expect(await refusalOf(locked.url)).toBe('redis://127.0.0.1:PORT: it requires a password: redis://:PASSWORD@HOST');
    for (const user of [':wrong', 'secret:secret'])
      expect(await refusalOf(`redis://${user}@127.0.0.1:${locked.port}`)).toBe('redis://127.0.0.1:PORT: it rejects this user and password');
  });

  it('that may forget work is refused', async () => {
    expect(await refusalOf(forgetful.url)).toBe(
      'redis://127.0.0.1:PORT: its maxmemory-policy is allkeys-lru, which may discard work: set it to noeviction',
    );
  });

  it('that does not speak TLS is no rediss://', async () => {
    expect(await refusalOf(open.url.replace('redis', 'rediss'))).toBe(
      'rediss://127.0.0.1:PORT: it does not answer as Redis does within 2.5 s: if it does not speak TLS, use redis://',
    );
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl && process.env['CI'] !== 'true')('a broker behind TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cowcheck-tls-'));
  let port: number;
  beforeAll(async () => {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const asked = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost'];
    expect(spawnSync('openssl', [...asked, '-keyout', key, '-out', cert, '-days', '2']).status).toBe(0);
    port = await serve(createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }).on('tlsClientError', () => {}));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('whose certificate is signed by itself is refused', async () => {
    expect(await refusalOf(`rediss://localhost:${port}`)).toBe(
      'rediss://localhost:PORT: its certificate is self-signed: set NODE_EXTRA_CA_CERTS to the file of that certificate',
    );
  });

  it('is no redis://', async () => {
    expect(await refusalOf(`redis://localhost:${port}`)).toMatch(/^redis:\/\/localhost:PORT: it .*does it expect rediss:\/\/\?/);
  });
});
