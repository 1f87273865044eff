/** `cowcheck learn`, as its users run it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIN, type Ran, runHere } from '../testing.ts';

const RACE = fileURLToPath(new URL('../../../../traces/gallery/drainBeforeUnhook.trace.yaml', import.meta.url));
const ONE_LINE = /^cowcheck: [^\n]+\n$/;
const OWN = /<script type="application\/json" id="own">([^<]*)<\/script>/;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-learn-'));
  copyFileSync(RACE, join(folder, 'race.trace.yaml'));
});
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const learn = (...args: string[]): Promise<Ran> => runHere(['learn', ...args], { cwd: folder });

describe('learn --out', { timeout: 60_000 }, () => {
  it('writes one file, and another one over it', async () => {
    expect(await learn('--out', 'made/lessons')).toEqual({ status: 0, out: 'written to made/lessons/index.html\n', err: '' });
    const plain = readFileSync(join(folder, 'made/lessons/index.html'), 'utf8');
    expect(plain).toMatch(/^<!doctype html>/);
    expect(plain).not.toMatch(OWN);
    const { status, out } = await learn('race.trace.yaml', '--out', 'made/lessons', '--json');
    expect({ status, told: JSON.parse(out) as unknown }).toEqual({ status: 0, told: { path: 'made/lessons/index.html' } });
    const page = readFileSync(join(folder, 'made/lessons/index.html'), 'utf8');
    expect(JSON.parse(OWN.exec(page)![1]!)).toBe(readFileSync(RACE, 'utf8'));
    expect(page.replace(OWN, '').replace('\n\n<script', '\n<script')).toBe(plain);
  });

  it('lets no text of a trace become a part of the page', async () => {
    const text = `${readFileSync(RACE, 'utf8')}# </script><script>alert(1)</script><!-- <script>\n`;
    writeFileSync(join(folder, 'hostile.trace.yaml'), text);
    expect(await learn('hostile.trace.yaml', '--out', 'hostile')).toMatchObject({
      status: 0,
      out: 'written to hostile/index.html, which has your trace at #/own\n',
    });
    const page = readFileSync(join(folder, 'hostile/index.html'), 'utf8');
    expect(JSON.parse(OWN.exec(page)![1]!)).toBe(text);
    expect(page).not.toContain('alert(1)</script>');
  });

  it.each([
    [
      'somebody else has written there',
      'theirs',
      /^cowcheck: theirs\/index\.html: it already exists and was not written by cowcheck learn: choose another directory\n$/,
    ],
    ['it is a file', 'race.trace.yaml', /^cowcheck: race\.trace\.yaml\/index\.html: cannot be written \(\w+\)\n$/],
    ['it has no name', '', /^cowcheck: [^\n]*Expected the name of a directory\. See: cowcheck learn --help\n$/],
  ])('refuses a folder where %s', async (_, out, says) => {
    mkdirSync(join(folder, 'theirs'), { recursive: true });
    writeFileSync(join(folder, 'theirs/index.html'), '<p>mine</p>');
    expect(await learn('--out', out)).toEqual({ status: 2, out: '', err: expect.stringMatching(says) as string });
    expect(readFileSync(join(folder, 'theirs/index.html'), 'utf8')).toBe('<p>mine</p>');
  });

  it('writes nothing for a trace that can not be read', async () => {
    writeFileSync(join(folder, 'bad.trace.yaml'), 'trace: 1\njob: [\n');
    for (const args of [
      ['bad.trace.yaml', '--out', 'none'],
      ['missing.trace.yaml', '--out', 'none'],
      ['--out', 'none', '--port', '8000'],
      ['--port', '0'],
      ['--port', '65536'],
      ['--prot', '1'],
    ]) {
      expect(await learn(...args)).toEqual({ status: 2, out: '', err: expect.stringMatching(ONE_LINE) as string });
    }
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('has help with examples', async () => {
    const { status, out } = await learn('--help');
    expect(status).toBe(0);
    expect(out).toContain('Examples:\n  cowcheck learn\n');
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});

describe('learn', { timeout: 60_000 }, () => {
  it('serves one page to this machine until Ctrl-C, and no more', async () => {
    const port = await freePort();
    const served = await serving('--port', String(port));
    expect(served.address).toBe(`http://127.0.0.1:${port}/`);
    const got = await ask(served.address);
    expect(got).toMatchObject({ status: 200, body: expect.stringMatching(/^<!doctype html>[^]*<\/html>\n$/) as string });
    expect(got.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(await ask(served.address, { method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': String(Buffer.byteLength(got.body)) },
    });
    expect(await ask(`${served.address}index.html?x=1`)).toMatchObject({ status: 200 });
    for (const path of ['../package.json', '..%2fpackage.json', '//etc/passwd', 'favicon.ico'])
      expect(await ask(served.address, { path: `/${path}` })).toMatchObject({ status: 404 });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect(await ask(served.address, { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    expect(await ask(served.address, { headers: { host: `evil.example:${port}` } })).toMatchObject({ status: 421 });
    expect(await ask(served.address, { headers: { host: `localhost:${port}` } })).toMatchObject({ status: 200 });
    expect(await end(served.child)).toBe(0);
    await expect(ask(served.address)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('opens with a trace, and tells other tools where', async () => {
    const { address, child } = await serving('race.trace.yaml', '--json', '--port', String(await freePort()));
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\/own$/);
    expect(JSON.parse(OWN.exec((await ask(address)).body)![1]!)).toBe(readFileSync(RACE, 'utf8'));
    expect(await end(child)).toBe(0);
  });

  it('says in one line that a port is in use; if nobody has asked for it, it takes another', async () => {
    const first = await serving();
    const second = await serving();
    expect(second.address).not.toBe(first.address);
    expect(await learn('--port', new URL(first.address).port)).toEqual({
      status: 2,
      out: '',
      err: expect.stringMatching(/^cowcheck: port \d+ is in use: [^\n]+\n$/) as string,
    });
    expect(await Promise.all([end(first.child), end(second.child)])).toEqual([0, 0]);
  });
});

const running: ChildProcess[] = [];

/** The command, once it serves. */
function serving(...args: string[]): Promise<{ address: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [MAIN, 'learn', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  running.push(child);
  return new Promise((resolve, reject) => {
    child.stdout
      .setEncoding('utf8')
      .once('data', (text: string) =>
        resolve({ address: text.startsWith('{') ? (JSON.parse(text) as { address: string }).address : text.split('\n')[0]!, child }),
      );
    child.on('exit', (status) => reject(new Error(`it ended with ${status}`)));
  });
}

function end(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.on('exit', (status) => resolve(status));
    child.kill('SIGINT');
  });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(address: string, options: { method?: string; path?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(address, options, (response) => {
      let body = '';
      response
        .setEncoding('utf8')
        .on('data', (text: string) => (body += text))
        .on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

/** Nobody has it now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
