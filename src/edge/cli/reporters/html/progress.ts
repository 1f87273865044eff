/** How the search went: schedules over time, and situations over schedules, which level off where nothing new is met. */
import { count } from '../../io/terminal.ts';
import { element } from '../../../../explain/formats/xml.ts';
import type { Result, Sample } from '../result.ts';
import { chart, short } from './chart.ts';

export function aboutProgress({ samples, search }: Result): string {
  const last = samples.at(-1);
  if (last === undefined || search === null || last.schedules === 0) return '';
  const seconds = { label: 'seconds', text: short };
  const thousands = { label: 'schedules', text: short };
  const schedules = chart(
    samples.map((sample) => ({ x: sample.seconds, y: sample.schedules })),
    seconds,
    thousands,
    `${count(last.schedules)} schedules in ${last.seconds.toFixed(1)} seconds`,
  );
  const met = samples.filter((sample): sample is Sample & { situations: number } => sample.situations !== null);
  const situations = met.map((sample) => ({ x: sample.schedules, y: sample.situations }));
  const figures = [
    figure('Schedules over time', schedules),
    ...(met.length === 0
      ? []
      : [
          figure(
            'Situations met, over schedules',
            chart(situations, thousands, { label: '', text: short }, `${met.at(-1)!.situations} situations met`),
          ),
        ]),
  ];
  return `<h2>The search</h2>${element('div', { class: 'charts' }, figures.join(''))}`;
}

const figure = (caption: string, picture: string): string => `<figure>${element('figcaption', {}, caption)}${picture}</figure>`;
