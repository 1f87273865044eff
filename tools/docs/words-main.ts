/**
 * Counts the words of docs/ that are written by hand (words.ts), page by page.
 *
 *     npm run words
 *
 * Exit status: 0 they are few enough, 1 they are too many.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../copy-of-tree.ts';
import { WORDS_MAX, byHandInAll, countWords, wordsInWords } from './words.ts';

const folder = join(ROOT, 'docs');
const files = readdirSync(folder).filter((name) => name.endsWith('.md'));
const counted = countWords(new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')])));
process.stdout.write(wordsInWords(counted));
process.exitCode = byHandInAll(counted) <= WORDS_MAX ? 0 : 1;
