/** Finds links in Markdown that lead nowhere: to a file that is not there, or to a heading that it does not have. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const FOLDERS = ['docs', 'examples', 'web/style'];
const FILES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
const LINK = /\]\(([^()\s]+)\)/g;
const ELSEWHERE = /^[a-z]+:/;
const CODE = /^```.*?^```|^ {4}.*?$|`[^`\n]*`/gms;

/** @returns one line each: the file, and the link */
export function deadLinks(root: string): string[] {
  return documentsIn(root).flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').replaceAll(CODE, '').matchAll(LINK)]
      .map(([, link]) => link!)
      .filter((link) => !ELSEWHERE.test(link) && !leadsSomewhere(root, path, link))
      .map((link) => `${path}: the link to ${link} leads nowhere`),
  );
}

const documentsIn = (root: string): string[] => [
  ...FILES.filter((name) => existsSync(join(root, name))),
  ...FOLDERS.filter((name) => existsSync(join(root, name))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
      .toSorted()
      .map((path) => join(folder, path)),
  ),
];

function leadsSomewhere(root: string, from: string, link: string): boolean {
  const [file = '', heading] = link.split('#');
  const to = file === '' ? from : normalize(join(dirname(from), file));
  if (!existsSync(join(root, to))) return false;
  return heading === undefined || headingsOf(readFileSync(join(root, to), 'utf8')).includes(heading);
}

/** As GitHub and VitePress name them. */
const headingsOf = (markdown: string): string[] =>
  [...markdown.replaceAll(/^```.*?^```/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
