/** What the page says without JavaScript: until the script runs this is all there is. */
import { explain } from '../../src/explain/explanation.ts';
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
    ...[...data.course.today, ...data.course.edges].map((lesson) => textOf(lesson, lesson.title, data)),
    ...data.glossary.map(({ title, rows }) => {
      const terms = rows.map(({ words, means }) => `${element('dt', {}, xml(words))}${element('dd', {}, xml(means))}`).join('');
      return element('section', {}, `${element('h2', {}, xml(title))}${element('dl', {}, terms)}`);
    }),
    '</main>',
  ].join('\n');
}

function textOf({ goal, opening = [], story, bet, scenes, keep }: Lesson, title: string, data: PageData): string {
  const parts = [
    element('h2', {}, xml(title)),
    element('p', { class: 'dim' }, xml(goal)),
    ...opening.map((sentence) => element('p', {}, xml(sentence.text))),
    ...story.map((paragraph) => element('p', {}, xml(paragraph))),
    betText(bet),
    ...scenes.map(({ trace, caption }) => `${element('p', {}, xml(caption))}${whyOf(trace, data)}`),
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

/** What goes wrong in a run that breaks something. */
function whyOf(name: string, { lessons }: PageData): string {
  const trace = lessons[name]!;
  const explanation = isFailing(trace) ? explain(trace) : null;
  return explanation === null ? '' : element('p', { class: 'dim' }, xml(explanation.sentence));
}
