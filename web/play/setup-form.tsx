/** What is to be played, in controls. What makes no sense is said, and not played. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { SYNC_MODES, type SyncMode } from '../../model/sync.ts';
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import { ruleNamed } from '../../model/machine/jobs.ts';
import type { GuestKind } from '../../model/block/guest.ts';
import { NOTATIONS } from '../../src/scenarios/dimensions/all.ts';
import { hasIn, withValue } from '../../src/scenarios/dimensions/notation.ts';
import { plural } from '../../src/explain/story/words.ts';
import { data } from '../common/data.ts';
import { type Job, type Setup, isRule, setupOf, setupOfTrace, whyNotPlayed, withMode, withRequest, withoutRequest } from './setup.ts';

interface FormProps {
  readonly setup: Setup;
  readonly onChange: (setup: Setup) => void;
}

export function SetupForm({ setup, onChange }: FormProps) {
  const { scenario, job, wake } = setup;
  const why = whyNotPlayed(setup);
  return (
    <details class="setup" open={why !== null} data-setup>
      <summary>Set up: scenario, job and requests</summary>
      <p class="fields">
        <Choice
          label="begin with"
          value=""
          options={[['', '…'], ...Object.entries(data().presets).map(([name, { title }]): [string, string] => [name, title])]}
          groups={[['the scenario and job of a bug', bugs()]]}
          onChoose={(name) => (name === '' ? undefined : onChange(begin(name)))}
        />
        <Choice
          label="mode"
          value={scenario.mode}
          options={SYNC_MODES.map((mode) => [mode, mode.toUpperCase()])}
          onChoose={(mode) => onChange({ ...setup, scenario: withMode(scenario, mode as SyncMode) })}
        />
        <Choice
          label="job"
          value={job}
          options={[
            ['correct', 'correct: all rules on'],
            ['qemu-1.6', 'as in QEMU 1.6'],
          ]}
          groups={[['without the rule', RULE_NAMES.map((name) => [name, name])]]}
          onChoose={(name) => onChange({ ...setup, job: name as Job })}
        />
        <Choice
          label="woken coroutines run"
          value={wake}
          options={[
            ['any', 'in any order'],
            ['qemu', "in QEMU's order"],
          ]}
          onChoose={(order) => onChange({ ...setup, wake: order as Setup['wake'] })}
        />
      </p>
      {isRule(job) ? <p class="dim">Off: {ruleNamed(job).sentence}</p> : null}
      <Requests setup={setup} onChange={onChange} />
      {why === null ? null : (
        <p class="notice bad" role="alert" data-wrong>
          This cannot be played: {why}.
        </p>
      )}
    </details>
  );
}

const bugs = (): [string, string][] => Object.entries(data().gallery).map(([name, { about }]) => [name, about?.title ?? name]);

function begin(name: string): Setup {
  const { presets, gallery } = data();
  return Object.hasOwn(presets, name) ? setupOf(presets[name]!.scenario) : setupOfTrace(gallery[name]!);
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly groups?: readonly (readonly [label: string, options: ChoiceProps['options']])[];
  readonly onChoose: (value: string) => void;
}

function Choice({ label, value, options, groups = [], onChoose }: ChoiceProps) {
  const id = useId();
  const list = (some: ChoiceProps['options']) =>
    some.map(([one, text]) => (
      <option value={one} selected={one === value}>
        {text}
      </option>
    ));
  return (
    <span class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {list(options)}
        {groups.map(([name, some]) => (
          <optgroup label={name}>{list(some)}</optgroup>
        ))}
      </select>
    </span>
  );
}

const KINDS: readonly [GuestKind, string][] = [
  ['write', 'write'],
  ['zero', 'write zeroes'],
  ['discard', 'discard'],
  ['read', 'read'],
  ['readT0', 'read the backup'],
];

function Requests({ setup, onChange }: FormProps) {
  const { scenario } = setup;
  const kind = useSignal<GuestKind>('write');
  const first = useSignal(0);
  const count = useSignal(1);
  const to = (changed: Setup['scenario']): void => onChange({ ...setup, scenario: changed });
  return (
    <>
      <ul class="requests" aria-label="What the guest does">
        {scenario.guest.map((request) => (
          <li>
            <b>{request.id}</b> {KINDS.find(([one]) => one === request.kind)?.[1] ?? request.kind}{' '}
            {request.count === 0 ? '' : `${request.count === 1 ? 'sector' : 'sectors'} ${rangeWords(request.first, request.count)}`}
            {request.after.length === 0 ? '' : `, after ${request.after.join(', ')}`}
            {request.early ? ', maybe before T0' : ''}
            <button type="button" aria-label={`remove ${request.id}`} onClick={() => to(withoutRequest(scenario, request.id))}>
              ×
            </button>
          </li>
        ))}
      </ul>
      <p class="fields">
        <Choice label="add" value={kind.value} options={KINDS} onChoose={(one) => (kind.value = one as GuestKind)} />
        <NumberField label="from sector" value={first.value} min={0} onInput={(n) => (first.value = n)} />
        <NumberField label="sectors" value={count.value} min={1} onInput={(n) => (count.value = n)} />
        <button type="button" onClick={() => to(withRequest(scenario, kind.value, first.value, count.value))} data-add>
          add
        </button>
        <Check label="the user cancels the job" checked={scenario.cancel} onChange={(cancel) => to({ ...scenario, cancel })} />
        {NOTATIONS.map((notation) => {
          const value = notation.offered?.(scenario);
          return (
            value !== undefined && (
              <Check
                label={notation.words!(value).join()}
                checked={hasIn(notation, scenario)}
                onChange={(checked) => to(withValue(notation, scenario, checked ? value : notation.plain))}
              />
            )
          );
        })}
        <span class="dim">
          {plural(scenario.disk.sectors, 'sector')}, {scenario.disk.clusterSectors} a cluster
        </span>
      </p>
    </>
  );
}

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label class="field">
      <input type="checkbox" checked={checked} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
      {label}
    </label>
  );
}

const rangeWords = (first: number, count: number): string => (count === 1 ? `${first}` : `${first} to ${first + count - 1}`);

function NumberField({ label, value, min, onInput }: { label: string; value: number; min: number; onInput: (n: number) => void }) {
  const id = useId();
  return (
    <span class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        min={min}
        step={1}
        value={value}
        onInput={({ currentTarget }) => onInput(Math.max(min, Math.floor(currentTarget.valueAsNumber || 0)))}
      />
    </span>
  );
}
