/** The glossary. */
import { data } from '../common/data.ts';

export function Words() {
  return (
    <main class="text">
      <h1>Glossary</h1>
      {data().glossary.map(({ title, rows }) => (
        <section>
          <h2>{title}</h2>
          <dl>
            {rows.map(({ words, means }) => (
              <>
                <dt>{words}</dt>
                <dd>{means}</dd>
              </>
            ))}
          </dl>
        </section>
      ))}
    </main>
  );
}
