/** What the page says without JavaScript: until the script runs this is all there is. */
import { explain } from '../../src/explain/explanation.ts';
import { svgOfExplanation } from '../../src/explain/formats/svg.ts';
import { element, xml } from '../../src/explain/formats/xml.ts';
import { isFailing } from '../../src/trace/format.ts';
import type { Lesson, Question } from '../lessons/lesson.ts';
import type { FirstData, MoreData } from '../common/data.ts';

type PageData = FirstData & MoreData;

export function withoutScript(data: PageData): string {
  return [
    '<main class="plain">',
    '<h1>How a backup of a running disk works, and breaks</h1>',
    '<p>Stepping through runs and breaking a backup by hand take JavaScript. The text of the lessons is here without it.</p>',
    ...data.course.lessons.map((lesson, i) => textOf(lesson, `${i + 1}. ${lesson.title}`, data)),
    ...data.course.edges.map((lesson) => textOf(lesson, lesson.title, data)),
    ...data.glossary.map(({ title, rows }) => {
      const terms = rows.map(({ words, means }) => `${element('dt', {}, xml(words))}${element('dd', {}, xml(means))}`).join('');
      return element('section', {}, `${element('h2', {}, xml(title))}${element('dl', {}, terms)}`);
    }),
    '</main>',
  ].join('\n');
}

function textOf({ goal, story, bet, scenes, keep }: Lesson, title: string, data: PageData): string {
  const parts = [
    element('h2', {}, xml(title)),
    element('p', { class: 'dim' }, xml(goal)),
    ...story.map((paragraph) => element('p', {}, xml(paragraph))),
    betText(bet),
    ...scenes.map(({ trace, caption }) => `${element('p', {}, xml(caption))}${pictureOf(trace, data)}`),
    element('p', { class: 'keep' }, `<b>To keep:</b> ${xml(keep)}`),
  ];
  return element('section', {}, parts.join('\n'));
}

function betText({ question, options, answer, because }: Question): string {
  const list = element('ul', {}, options.map((option) => element('li', {}, xml(option))).join(''));
  return (
    `${element('p', {}, `<b>${xml(question)}</b>`)}${list}<details><summary>The ` +
    `answer</summary>${element('p', {}, `<b>${xml(options[answer]!)}.</b> ${xml(because)}`)}</details>`
  );
}

/** Of a run that breaks something. */
function pictureOf(name: string, { lessons }: PageData): string {
  const trace = lessons[name]!;
  const explanation = isFailing(trace) ? explain(trace) : null;
  if (explanation === null) return '';
  const unique = name.replaceAll(/[^a-z0-9]/gi, '-');
  return (
    `<details><summary>${xml(explanation.sentence)}</summary><div ` +
    `class="wide">${ownIds(svgOfExplanation(explanation), unique)}</div></details>`
  );
}

/** There is more than one picture on the page: what one of them names must not be another's. */
const ownIds = (svg: string, unique: string): string =>
  svg
    .replaceAll(
      /\b(id|aria-labelledby)="([^"]*)"/g,
      (_, key: string, ids: string) =>
        `${key}="${ids
          .split(' ')
          .map((id) => `${unique}-${id}`)
          .join(' ')}"`,
    )
    .replaceAll(/url\(#([\w-]+)\)/g, `url(#${unique}-$1)`);
