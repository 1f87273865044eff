/** `cowcheck docs`, on a site of two pages: what it has, it serves, to this machine alone. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { docsSite } from '../../files/docs.ts';
import { addressOf, endServer, serveFiles } from '../io/page-server.ts';
import { runHere } from '../testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-docs-'));
  mkdirSync(join(folder, 'gallery'));
  writeFileSync(join(folder, 'index.html'), '<p>contents');
  writeFileSync(join(folder, 'gallery/index.html'), '<p>gallery');
  writeFileSync(join(folder, 'style.css'), 'p {}');
  writeFileSync(join(folder, 'secret.key'), 'no type');
});
afterAll(() => rmSync(folder, { recursive: true }));

it('serves each file with its type, folders by their index, and nothing else', async () => {
  const server = await serveFiles(docsSite(folder), 0);
  if (server === 'in use') throw new Error('a free port is in use');
  const ask = async (path: string): Promise<[number, string | null, string]> => {
    const answer = await fetch(`${addressOf(server)}${path}`);
    return [answer.status, answer.headers.get('content-type'), await answer.text()];
  };
  try {
    const html = 'text/html; charset=utf-8';
    expect(await ask('')).toEqual([200, html, '<p>contents']);
    expect(await ask('index.html?a=b')).toEqual([200, html, '<p>contents']);
    expect(await ask('gallery/')).toEqual([200, html, '<p>gallery']);
    expect(await ask('style.css')).toEqual([200, 'text/css; charset=utf-8', 'p {}']);
    for (const path of ['secret.key', 'none.html', 'gallery', 'toString']) expect((await ask(path))[0], path).toBe(404);
  } finally {
    await endServer(server);
  }
});

it('says in one line where it is not built', () => {
  expect(() => docsSite(join(folder, 'gallery/none'))).toThrow('the documents are not built: run npm run docs-site');
});

it('refuses a port that is none', async () => {
  const { status, out, err } = await runHere(['docs', '--port', '0']);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toMatch(/^cowcheck: invalid value '0' for '--port'\. [^\n]+\n$/);
});
