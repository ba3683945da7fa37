-- page/style.lua - how the page looks, and its little script. The colours are those of Okabe and
-- Ito, which colour-blind people can tell apart.

local style = {}

style.CSS = [[
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --soft: #6a6a6a; --line: #ddd;
  --s1: #0072b2; --s2: #d55e00; --s3: #009e73; --s4: #cc79a7; --s5: #b58900; --s6: #56b4e9;
  --s7: #7a5195; --s8: #555; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #16181c; --soft: #a0a0a0;
  --line: #3a3d44; --s1: #4aa8e0; --s2: #f08a4b; --s3: #35c79a; --s4: #e3a0c6; --s5: #e6b800;
  --s6: #8fd0f5; --s7: #b794d6; --s8: #aaa; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: .5rem 0 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .3rem; }
p, li { max-width: 44rem; } .soft, figcaption, dt + dd { color: var(--soft); }
.answer { border-left: 4px solid var(--s1); padding: .2rem 1rem; font-size: 1.08rem; }
.answer p { margin: .4rem 0; } .warning { border-left: 4px solid var(--s2); padding: .2rem 1rem; }
figure { margin: .5rem 0 0; } .wide { overflow-x: auto; } svg { display: block; width: 100%; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); } svg .axis { font-weight: 600; }
svg .value { fill: var(--ink); } .grid { stroke: var(--line); stroke-width: 1; }
.line { fill: none; stroke: var(--own); stroke-width: 2; } .dashed { stroke-dasharray: 6 5; }
.band { fill: var(--own); opacity: .16; } .dot { fill: var(--own); } rect.series {
  fill: var(--own); } .whisker { stroke: var(--ink); stroke-width: 1.5; fill: none; }
.s1 { --own: var(--s1); } .s2 { --own: var(--s2); } .s3 { --own: var(--s3); }
.s4 { --own: var(--s4); } .s5 { --own: var(--s5); } .s6 { --own: var(--s6); }
.s7 { --own: var(--s7); } .s8 { --own: var(--s8); }
.legend { margin: .2rem 0; } .key { margin-right: 1.1rem; white-space: nowrap; }
.script .key { cursor: pointer; } .swatch { display: inline-block; width: .8em; height: .8em;
  margin-right: .35em; border-radius: 2px; background: var(--own); } .off { opacity: .35; }
.hidden { display: none; } table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .15rem .8rem .15rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
details { margin: .4rem 0; } summary { cursor: pointer; color: var(--soft); }
dt { font-weight: 600; } dd { margin: 0 0 .4rem 1rem; max-width: 44rem; }
@media (max-width: 30rem) { body { padding: .6rem; } .answer { font-size: 1rem; } }
@media print { :root { color-scheme: light; } body { max-width: none; } figure, section {
  break-inside: avoid; } .wide { overflow: visible; } th, td { white-space: normal; } }
]]

style.SCRIPT = [[
document.documentElement.classList.add("script");
document.querySelectorAll("[data-key]").forEach(function (key) {
  key.addEventListener("click", function () {
    var off = key.classList.toggle("off");
    key.closest("section").querySelectorAll("[data-series]").forEach(function (series) {
      if (series.dataset.series === key.dataset.key) series.classList.toggle("hidden", off);
    });
  });
});
]]

return style
