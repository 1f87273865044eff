/**
 * The same job, but for one thing that its hook forgets:
 *
 *     npx cowcheck check --job examples/own-job/forgetful.mjs
 */
import chunked, { copyChunk } from './chunked.mjs';

/** @type {import('cowcheck').Job<'busy' | 'done', 'free'>} */
export default {
  ...chunked,

  *beforeWrite(backup, me) {
    for (let c = me.firstCluster; c < me.endCluster; c++) {
      if (backup.cells.busy.get(c) === 1) continue; // somebody copies it already. But has he read it?
      const error = yield* copyChunk(backup, me, c);
      if (error !== 0) return error;
    }
    return 0;
  },
};
