/** The site of docs/: `npm run site` builds it beside the page that teaches. On GitHub the same Markdown reads as it is. */
import { defineConfig } from 'vitepress';
import { CONTENTS } from '../../tools/docs/contents.ts';

const addressOf = (file: string): string => `/${file.replace(/\.md$/, '.html')}`;

export default defineConfig({
  title: 'cowcheck',
  description: 'Checks that a backup of a running disk shows the disk as it was at one instant.',
  cacheDir: '../node_modules/.cache/vitepress',
  rewrites: { 'README.md': 'index.md' },
  // What leads out of docs/, to traces and examples, is checked with all other links by `npm run floors`.
  ignoreDeadLinks: [/^(\.\/)?(\.\.\/)+/],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [{ text: 'Learn', link: '../', target: '_self' }],
    sidebar: CONTENTS.map(({ title, pages }) => ({
      text: title,
      items: pages.map(({ file, title: text }) => ({ text, link: addressOf(file) })),
    })),
  },
});
