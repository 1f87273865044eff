/**
 * How pictures look, in both themes. A content has four marks that say the same: label, fill, pattern and
 * border. What is from T0 is plain, what was written since is hatched, what is wrong is cross-hatched with
 * a double border and a ✗, what is not there has a dashed border.
 */
export const STYLE = `
svg{--bg:#ffffff;--fg:#1b1b1b;--dim:#595959;--line:#9a9a9a;\
--old:#bfe0f5;--old-b:#0b5c8c;--new:#ffd08a;--new-b:#8a4b00;--bad:#f7b8c4;--bad-b:#9b0025;--row:#f3f3f3;background:var(--bg)}
@media (prefers-color-scheme:dark){svg{--bg:#16181c;--fg:#f0f0f0;--dim:#b0b0b0;--line:#6a6a6a;\
--old:#123e5c;--old-b:#6db9ee;--new:#5a3a00;--new-b:#ffb547;--bad:#641024;--bad-b:#ff8fa3;--row:#22262c}}
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--fg)}
.sans{font-family:system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-size:13px}
.head{font-weight:700;font-size:15px}.dim{fill:var(--dim)}.strong{font-weight:700}.wrong{fill:var(--bad-b);font-weight:700}
.page{fill:var(--bg)}.row{fill:var(--row)}.lane{stroke:var(--line);stroke-width:1.5;fill:none}
.dot{fill:var(--bg);stroke:var(--fg);stroke-width:1.5}.effect{fill:var(--fg)}\
.guilty{fill:var(--new);stroke:var(--new-b);stroke-width:2}.broke{fill:var(--bad);stroke:var(--bad-b);stroke-width:2.5}
.cell-old{fill:var(--old);stroke:var(--old-b)}.cell-new{fill:var(--new);stroke:var(--new-b)}\
.cell-bad{fill:var(--bad);stroke:var(--bad-b);stroke-width:1.5}.cell-none{fill:none;stroke:var(--line);stroke-dasharray:3 3}
.double{fill:none;stroke:var(--bad-b);stroke-width:1.5}\
.hatch{stroke:var(--new-b);stroke-width:1;opacity:.35}.cross{stroke:var(--bad-b);stroke-width:1;opacity:.35}
.needed{fill:none;stroke:var(--bad-b);stroke-width:2;stroke-dasharray:6 3}.tip{fill:var(--bad-b)}
`.trim();

/** Patterns and the tip of an arrow. */
export const DEFINITIONS = [
  '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" ' +
    'patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern>',
  '<pattern id="cross" width="6" height="6" patternUnits="userSpaceOnUse" ' +
    'patternTransform="rotate(45)"><line class="cross" x1="0" y1="0" x2="0" y2="6"/><line class="cross" ' +
    'x1="0" y1="0" x2="6" y2="0"/></pattern>',
  '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" ' +
    'orient="auto-start-reverse"><path class="tip" d="M0 0L8 4L0 8z"/></marker>',
].join('');
