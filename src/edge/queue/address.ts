/** Where a broker is: `redis://user:password@host:port/number`, or `rediss:` for TLS. No message shows the password. */
import { FileError } from '../files/text.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  /** Number of the database. */
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls: boolean;
  /** For messages: no user, no password. */
  readonly shown: string;
}

const PORT = 6379;
const DATABASE = /^\/(?<number>\d{1,4})?$/;

/** @throws FileError if it is no address; the message does not quote it, as it may hold a password */
export function addressOf(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : null;
  const database = DATABASE.exec(url?.pathname === '' ? '/' : (url?.pathname ?? ''));
  const isRedis = url !== null && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '';
  if (!isRedis || database === null || url.search !== '' || url.hash !== '')
    throw new FileError('--on and COWCHECK_ON require an address such as redis://HOST, rediss://USER:PASSWORD@HOST:6380 or redis://HOST/2');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? PORT : Number(url.port);
  return {
    host,
    port,
    db: Number(database.groups!['number'] ?? 0),
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(url.password === '' ? {} : { password: decoded(url.password) }),
    tls: url.protocol === 'rediss:',
    shown: `${url.protocol}//${url.hostname}:${port}`,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
