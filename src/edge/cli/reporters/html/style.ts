/** How the page looks: text of 4.5 to 1 and more on its ground, in both themes. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1b1b;--dim:#595959;--line:#d5d5d5;--box:#f6f6f4;--ink:#0b5cad;
--good:#116329;--good-bg:#dcf3e1;--bad:#9b0025;--bad-bg:#fde3e8;--mid:#6b4a00;--mid-bg:#fbefcf}
@media (prefers-color-scheme:dark){:root{--bg:#16181c;--fg:#f0f0f0;--dim:#b0b0b0;--line:#3d4148;--box:#1f2228;--ink:#7ab8ff;
--good:#8fe0a4;--good-bg:#12351d;--bad:#ff9db0;--bad-bg:#451420;--mid:#f2cf7a;--mid-bg:#3a2d08}}
*{box-sizing:border-box}
body{background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;margin:0}
main{max-width:72rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.5rem;line-height:1.25;margin:1rem 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.25rem 0 .5rem}
h3{font-size:1rem;margin:0 0 .25rem;overflow-wrap:anywhere}
p{margin:.25rem 0 .75rem;max-width:72ch}
.dim{color:var(--dim)}
.badge{display:inline-block;font-size:.8rem;font-weight:600;padding:.05rem .5rem;border-radius:1rem;
white-space:nowrap;vertical-align:middle}
.holds{color:var(--good);background:var(--good-bg)}
.broken{color:var(--bad);background:var(--bad-bg)}
.unfinished{color:var(--mid);background:var(--mid-bg)}
article{background:var(--box);border-left:4px solid var(--bad);border-radius:4px;padding:.9rem 1rem;margin:.75rem 0}
.sentence{margin-top:.5rem}
pre{overflow-x:auto;border:1px solid var(--line);border-radius:4px;padding:.5rem .7rem;margin:.25rem 0;
font-size:.85rem;background:var(--bg)}
code{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem}
th,td{border-bottom:1px solid var(--line);padding:.3rem 1rem .3rem 0;text-align:left;vertical-align:top;font-weight:400}
thead th{color:var(--dim);font-size:.8rem}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.situations{width:100%}.situations th[scope=row]{min-width:14rem}
.bars{width:40%;min-width:6rem;vertical-align:middle}.bar{display:block;height:.6rem;min-width:1px;border-radius:2px;background:var(--ink)}
.never{color:var(--bad)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.5rem}
figure{margin:0}figcaption{font-size:.9rem;color:var(--dim)}
.chart{width:100%;height:auto;display:block}
.grid{stroke:var(--line);stroke-width:1}.line{fill:none;stroke:var(--ink);stroke-width:2;stroke-linejoin:round}.dot{fill:var(--ink)}
.tick,.label{fill:var(--dim);font:12px system-ui,sans-serif}
details{margin-top:2rem}summary{cursor:pointer;font-weight:600}
@media (max-width:40rem){.bars,.situations thead th:last-child{display:none}.situations th[scope=row]{min-width:0}
.stack tr{display:block;border-bottom:1px solid var(--line);padding:.4rem 0}.stack th,.stack td{display:block;border:0;padding:.1rem 0}}
@media print{article{break-inside:avoid}}
`.trim();
