/** A connection to a broker that has been looked at: what can't work is refused in one line before anything is written. */
import { isIP } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type FileError, fileError } from '../files/text.ts';
import type { Address } from './address.ts';
import { type Peers, type Redis, loadPeers } from './peers.ts';

export interface Connection {
  readonly peers: Peers;
  readonly address: Address;
  /** It connects again by itself, and commands wait until it has. */
  readonly redis: Redis;
}

/** A broker that has not answered by then is none. */
const ANSWER_MS = 2_500;
const RETRY_MS_MAX = 1_000;
/** BullMQ's scripts, and `GETEX` and the like. */
const VERSION_MIN = [6, 2];

/** @throws FileError if the broker can't be reached or can't be used */
export async function connect(address: Address): Promise<Connection> {
  const peers = await loadPeers();
  await lookAt(address, peers);
  const retryStrategy = (times: number): number => Math.min(times * 100, RETRY_MS_MAX);
  const redis = new peers.Redis({ ...optionsOf(address), retryStrategy, maxRetriesPerRequest: null });
  redis.on('error', () => {}); // `watchBroker` tells that it is gone
  return { peers, address, redis };
}

/**
 * Says once that the broker is gone, and once that it is back.
 * @returns ends that, before the connection is closed
 */
export function watchBroker({ redis, address }: Connection, say: (line: string) => void): () => void {
  let gone = false;
  const onClose = (): void => {
    if (gone) return;
    gone = true;
    say(`${address.shown} is unreachable since ${new Date().toISOString()}; waiting`);
  };
  const onReady = (): void => {
    if (gone) say(`${address.shown} is back`);
    gone = false;
  };
  redis.on('close', onClose).on('ready', onReady);
  return () => void redis.off('close', onClose).off('ready', onReady);
}

async function lookAt(address: Address, { Redis }: Peers): Promise<void> {
  const redis = new Redis({ ...optionsOf(address), lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  let first: Error | null = null;
  redis.on('error', (error) => (first ??= error));
  const refuse = (what: string): FileError => fileError(address.shown, what);
  const timeout = new AbortController();
  try {
    const info = await Promise.race([redis.connect().then(() => redis.info()), setTimeout(ANSWER_MS, null, { signal: timeout.signal })]);
    if (info === null) throw refuse(`it does not answer as Redis does within ${ANSWER_MS / 1000} s${doubt(address)}`);
    const wrong = whatIsWrong(info);
    if (wrong !== null) throw refuse(wrong);
  } catch (error) {
    if ((error as Error).message.startsWith(address.shown)) throw error;
    throw refuse(inWords(first ?? (error as Error), address));
  } finally {
    timeout.abort();
    redis.disconnect();
  }
}

/** @param info what Redis says of itself @returns null: it can be used */
function whatIsWrong(info: string): string | null {
  const said = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const version = said('redis_version');
  if (version === undefined) return 'it does not report its Redis version';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < VERSION_MIN[0]! || (major === VERSION_MIN[0] && minor < VERSION_MIN[1]!))
    return `it is Redis ${version}; ${VERSION_MIN.join('.')} or newer is required`;
  const policy = said('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction')
    return `its maxmemory-policy is ${policy}, which may discard work: set it to noeviction`;
  return null;
}

const WHY: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'there is no such host',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the host cannot be reached',
  ETIMEDOUT: `it does not answer within ${ANSWER_MS / 1000} s`,
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: set NODE_EXTRA_CA_CERTS to the file of that certificate',
  SELF_SIGNED_CERT_IN_CHAIN: "the issuer of its certificate is unknown: set NODE_EXTRA_CA_CERTS to the file of the issuer's certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "the issuer of its certificate is unknown: set NODE_EXTRA_CA_CERTS to the file of the issuer's certificate",
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate belongs to another host',
};

/** What is wrong most often where there is no answer that can be understood. */
const doubt = ({ tls }: Pick<Address, 'tls'>): string => (tls ? ': if it does not speak TLS, use redis://' : ': does it expect rediss://?');

/** What a Redis without a password does to a connection from another machine. */
const PROTECTED = ' Or is it in protected mode (redis-server without --requirepass)?';

function inWords(error: Error, { tls }: Address): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = WHY[code ?? ''];
  if (why !== undefined) return why;
  if (message.includes('WRONGPASS')) return 'it rejects this user and password';
  if (message.includes('NOAUTH') || message.includes('without any password configured'))
    return 'it requires a password: redis://:PASSWORD@HOST';
  if (message.includes('NOPERM')) return `the user lacks a permission (${message})`;
  if (message.includes('Protocol error') || message.includes('RESP')) return 'it does not answer as Redis does';
  if (tls && (code === 'EPROTO' || code?.startsWith('ERR_SSL') === true)) return 'it does not speak TLS: use redis://';
  if (code === 'ECONNRESET' || code === 'EPIPE' || message.includes('closed'))
    return `it closes the connection${doubt({ tls })}${tls ? '' : PROTECTED}`;
  return `it cannot be used (${code ?? message})`;
}

function optionsOf({ host, port, db, username, password, tls }: Address) {
  return {
    host,
    port,
    db,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: isIP(host) === 0 ? { servername: host } : {} } : {}), // no certificate is asked for by an address
    connectTimeout: ANSWER_MS,
    protocol: 2 as const, // which a Redis that is too old understands as well
    connectionName: 'cowcheck',
  };
}
