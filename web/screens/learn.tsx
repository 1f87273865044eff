/** The index of lessons, and the three questions that they are for. */
import { data } from '../common/data.ts';
import { LATER_WORDS } from '../common/later-words.ts';
import { Quiz } from '../common/parts.tsx';
import { note, progress } from '../common/progress.ts';
import { Forget } from '../common/forget.tsx';
import { LessonMap } from './lesson-map.tsx';

export function Learn() {
  return (
    <main class="text">
      <h1>How a backup of a running disk works, and breaks</h1>
      <p>{LATER_WORDS.learn}</p>
      <Questions when="before" />
      <LessonMap />
      <Questions when="after" />
      <p>
        <Forget />
      </p>
    </main>
  );
}

/** Asked twice: answers are only told the second time. */
function Questions({ when }: { when: 'before' | 'after' }) {
  const answers = progress.value[when];
  const choose = (i: number, option: number): void =>
    note({ [when]: data().course.questions.map((_, k) => (k === i ? option : (answers[k] ?? null))) });
  return (
    <details class="questions" open={when === 'after' && answers.length > 0}>
      <summary>{LATER_WORDS[when]}</summary>
      {data().course.questions.map(({ question, options, answer, because }, i) => (
        <Quiz
          name={`${when}-${i}`}
          question={question}
          options={options}
          chosen={answers[i] ?? null}
          reveal={when === 'after' ? { answer, because: `${because}${wasSaid(i)}` } : null}
          onChoose={(option) => choose(i, option)}
        />
      ))}
    </details>
  );
}

function wasSaid(i: number): string {
  const before = progress.value.before[i];
  return before === undefined || before === null ? '' : ` Before, you said "${data().course.questions[i]!.options[before] ?? ''}".`;
}
