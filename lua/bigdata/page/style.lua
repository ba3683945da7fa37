-- page/style.lua - how the page looks, and its little script. The colours differ in brightness as
-- well, so that colour-blind people can tell them apart, as after Okabe and Ito.

local style = {}

style.CSS = [[
:root { color-scheme: light dark; --ink: #1d2025; --paper: #fff; --ground: #f6f7f9; --soft: #626a75;
  --line: #e4e7eb; --rest: #ccd2d9; --other: #e6e9ed; --warn: #b45309;
  --s1: #2467b0; --s2: #d9652a; --s3: #23936b; --s4: #b05597; --s5: #a98500; --s6: #4ba3d3;
  --s7: #6f5aa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #15171b; --ground: #1d2026;
  --soft: #9aa2ad; --line: #2b2f37; --rest: #555d69; --other: #363c45;
  --warn: #f0a040; --s1: #62a5e8; --s2: #ee8c56; --s3: #4cc29a; --s4: #d98cc4; --s5: #d8b52e;
  --s6: #8ccdf0; --s7: #a894dd; } }

* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 58rem; padding: 2.5rem 1.5rem 4rem; background: var(--paper);
  color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -.015em; margin: 0; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 3.2rem 0 .2rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 0; }
p { margin: .4rem 0; } p, dd { max-width: 42rem; }
.soft, .about, .notes, .unit, summary, dd { color: var(--soft); }
.about, .notes, .unit, summary { font-size: .9rem; }
h1 + .soft { font-size: 1.1rem; margin: .3rem 0 1.6rem; }
.answer, .warning { background: var(--ground); border-radius: 8px; padding: .8rem 1.2rem;
  border-left: 4px solid var(--s1); margin: 1rem 0; }
.answer p:first-child { font-size: 1.15rem; line-height: 1.45; font-weight: 600; }
.warning { border-color: var(--warn); font-size: .95rem; }

.s1 { --own: var(--s1); } .s2 { --own: var(--s2); } .s3 { --own: var(--s3); }
.s4 { --own: var(--s4); } .s5 { --own: var(--s5); } .s6 { --own: var(--s6); }
.s7 { --own: var(--s7); } .s8 { --own: var(--rest); } .other { --own: var(--other); }

.picture { margin: 1rem 0 0; } svg { display: block; overflow: visible; }
.curves { overflow: hidden; }
.plot { padding: 6px var(--right) 46px 52px; overflow: hidden; }
.unit { margin: .9rem 0 0; font-size: .82rem; }
svg text { font: 12px system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  fill: var(--soft); font-variant-numeric: tabular-nums; }
.up, .across-end { text-anchor: end; } .across, .inside { text-anchor: middle; }
.grid { stroke: var(--line); stroke-width: 1; shape-rendering: crispEdges; }
.line { fill: none; stroke: var(--own); stroke-width: 2; stroke-linejoin: round;
  vector-effect: non-scaling-stroke; }
.dashed { stroke-width: 1.5; stroke-dasharray: 2 5; stroke-linecap: round; }
.band { fill: var(--own); opacity: .15; }
.dot { fill: var(--own); stroke: var(--paper); stroke-width: 1.5; }
.hollow .dot { fill: var(--paper); stroke: var(--own); }
.quiet .dot { opacity: 0; } .quiet .dot:hover { opacity: 1; }
svg .direct { fill: var(--own); font-weight: 600; }
.series rect, .area { fill: var(--own); } .ground { fill: var(--ground); }
svg .inside { fill: var(--paper); font-size: 11px; pointer-events: none; }
.s6 .inside { fill: #1d2025; } .s8 .inside { fill: var(--ink); }
.whisker line { stroke: var(--ink); stroke-width: 1.5; }

.bar { display: grid; grid-template-columns: var(--name) 1fr 5rem; column-gap: .8rem;
  padding: 4px 0;
  align-items: center; font-size: .85rem; line-height: 18px; }
.bar .name { text-align: right; }
.bar .value { font-variant-numeric: tabular-nums; font-weight: 600; text-align: right; }
.bar .unit-end { color: var(--soft); font-weight: 400; }
.bars h3 { font-size: .88rem; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));
  gap: .6rem 1.6rem; } .panel { padding-bottom: 20px; break-inside: avoid; }

.legend { margin: .6rem 0 0; max-width: none; font-size: .88rem; }
.key { display: inline-block; margin-right: 1.1rem; } .legend.narrow { display: none; }
.script [data-key] { cursor: pointer; } .off { opacity: .35; } .hidden { display: none; }
.swatch { display: inline-block; width: .75em; height: .75em; margin-right: .4em;
  border-radius: 2px; background: var(--own); }
.hollow .swatch { background: none; border: 2px solid var(--own); border-radius: 50%; }
#tip { position: absolute; z-index: 1; max-width: min(20rem, 90vw); padding: .3rem .6rem;
  border-radius: 5px; background: var(--ink); color: var(--paper); font-size: .82rem;
  pointer-events: none; visibility: hidden; }

.wide { overflow-x: auto; margin: .4rem 0; background:
    linear-gradient(90deg, var(--paper) 30%, transparent) 0 / 2rem 100% local,
    linear-gradient(-90deg, var(--paper) 30%, transparent) 100% / 2rem 100% local,
    linear-gradient(90deg, var(--rest), transparent) 0 / .7rem 100% scroll,
    linear-gradient(-90deg, var(--rest), transparent) 100% / .7rem 100% scroll;
  background-repeat: no-repeat; } table { border-collapse: collapse; font-size: .87rem; }
th, td { padding: .2rem 1.1rem .2rem 0; text-align: left; vertical-align: top; white-space: nowrap;
  border-bottom: 1px solid var(--line); } th { color: var(--soft); font-weight: 600; }
.group td { font-weight: 600; padding-top: .9rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.facts td { white-space: normal; overflow-wrap: anywhere; min-width: 8rem; }
code { display: block; overflow-x: auto; white-space: nowrap; }
details { margin: .6rem 0 0; } summary { cursor: pointer; }
dt { font-weight: 600; margin-top: .8rem; } dd { margin: 0; }

@media (max-width: 44rem) {
  body { padding: 1.4rem 1rem 3rem; } h1 { font-size: 1.5rem; } h2 { margin-top: 2.4rem; }
  .plot { padding-right: 10px; padding-left: 42px; } .direct, .spare { display: none; }
  .legend.narrow { display: block; }
  .bar { grid-template-columns: 1fr auto; padding: 3px 0 7px; }
  .bar .name { text-align: left; } .bar .track { grid-row: 2; grid-column: 1 / 3; }
  .axis-row .value { grid-row: 3; grid-column: 1 / 3; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --ground: #f6f7f9; --soft: #444;
    --line: #ddd; --rest: #ccc; --other: #e8e8e8; --s1: #2467b0; --s2: #d9652a;
    --s3: #23936b; --s4: #b05597; --s5: #a98500; --s6: #4ba3d3; --s7: #6f5aa8; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { max-width: none; padding: 0; font-size: 11pt; } .wide { overflow: visible; }
  th, .word { white-space: normal; } h2, h3, .about, .unit { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .bar, .plot, .answer, tr { break-inside: avoid; }
}
]]

style.SCRIPT = [[
(function () {
  var root = document.documentElement;
  root.classList.add("script");
  document.querySelectorAll("[data-key]").forEach(function (key) {
    key.addEventListener("click", function () {
      var name = key.dataset.key, section = key.closest("section");
      var off = !key.classList.contains("off");
      section.querySelectorAll("[data-key]").forEach(function (other) {
        if (other.dataset.key === name) other.classList.toggle("off", off);
      });
      section.querySelectorAll("[data-series]").forEach(function (series) {
        if (series.dataset.series === name) series.classList.toggle("hidden", off);
      });
    });
  });
  var tip = document.body.appendChild(document.createElement("div"));
  tip.id = "tip";
  document.querySelectorAll("svg title").forEach(function (title) {
    title.parentNode.dataset.hint = title.textContent;
    title.remove();
  });
  function show(event) {
    var place = event.target.closest && event.target.closest("[data-hint]");
    tip.style.visibility = place ? "visible" : "hidden";
    if (!place) return;
    tip.textContent = place.dataset.hint;
    var most = root.clientWidth - tip.offsetWidth - 8;
    tip.style.left = Math.max(8, Math.min(event.pageX + 12, most)) + "px";
    tip.style.top = event.pageY + 16 + "px";
  }
  document.addEventListener("pointermove", show);
  document.addEventListener("pointerdown", show);
})();
]]

return style
