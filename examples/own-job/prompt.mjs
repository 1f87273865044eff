/**
 * A property of the user's own, added to the job of chunked.mjs: a cancel is prompt. Its job looks for a cancel before and after it
 * sleeps, but not between the read and the write of a cluster, so the property says what is allowed: to finish the cluster at hand.
 *
 *     npx cowcheck check --job examples/own-job/prompt.mjs
 *
 * Say `> 0` in place of `> 1`, and cowcheck shows the run in which the job does finish it.
 */
import chunked from './chunked.mjs';

/** @type {import('cowcheck').Property<'copies', 'the job stored a cluster after its cancel'>} */
const cancelIsPrompt = {
  name: 'cancel-is-prompt',
  sentence: 'Once it is cancelled, the job stores at most one more cluster.',
  memory: { copies: 'one' },
  marks: ['the job stored a cluster after its cancel'],
  after({ who, by, kind, phase }, { isCancelled, memory, meet }) {
    const stores = who === 'job' && by === 'copy' && kind !== 'read' && phase === 'complete';
    if (!isCancelled || !stores) return null;
    meet('the job stored a cluster after its cancel');
    memory.copies.add(1);
    return memory.copies.get() > 1 ? 'the job went on with another cluster after its cancel' : null;
  },
};

/** @type {import('cowcheck').Job<'busy' | 'done', 'free'>} */
export default { ...chunked, properties: [cancelIsPrompt] };
