"use strict";
(() => {
  const { figures, templates } = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const touch = window.matchMedia("(pointer: coarse)").matches;
  const config = { displayModeBar: false, responsive: true, displaylogo: false, doubleClick: "reset" };
  const NARROW = 460;
  const CROWDED = 620;

  const remembered = () => {
    try { return localStorage.getItem("shortgamma-theme"); } catch { return null; }
  };
  const remember = (theme) => {
    try { localStorage.setItem("shortgamma-theme", theme); } catch { /* a file may have no storage */ }
  };
  const theme = () => root.dataset.theme || (dark.matches ? "dark" : "light");

  const grade = (width) => (width < NARROW ? "narrow" : width < CROWDED ? "crowded" : "wide");

  // With little room no annotation that is named "wide"; on a phone also fewer ticks, smaller type and
  // markers, and a closer view.
  const fitted = (layout, width) => {
    const copy = structuredClone(layout);
    if (touch) copy.dragmode = false;
    if (width < CROWDED) copy.annotations = (copy.annotations || []).filter((note) => note.name !== "wide");
    if (width >= NARROW) return copy;
    if (copy.meta?.narrow_range) copy.xaxis.range = copy.meta.narrow_range;
    for (const [name, axis] of Object.entries(copy)) {
      if (!/^[xy]axis\d*$/.test(name)) continue;
      axis.tickfont = { ...axis.tickfont, size: 11 };
      if (name.startsWith("x") && axis.nticks) axis.nticks = Math.min(axis.nticks, axis.domain ? 3 : 5);
    }
    return copy;
  };

  const slim = (trace, width) => {
    const copy = structuredClone(trace);
    const size = copy.marker?.size;
    if (width < NARROW && size <= 8) copy.marker.size = Math.max(0.6 * size, 3.5);
    return copy;
  };

  const draw = (node, colours) => {
    const { data, layout } = figures[node.dataset.figure];
    const full = { ...fitted(layout, node.clientWidth), template: templates[colours], autosize: true };
    node.dataset.room = grade(node.clientWidth);
    return Plotly.react(node, data.map((trace) => slim(trace, node.clientWidth)), full, config);
  };

  const nodes = [...document.querySelectorAll(".plot")];
  const drawAll = (colours) => Promise.all(nodes.map((node) => draw(node, colours)));
  const show = () => {
    button.setAttribute("aria-pressed", String(theme() === "dark"));
    return drawAll(theme());
  };

  button.addEventListener("click", () => {
    root.dataset.theme = theme() === "dark" ? "light" : "dark";
    remember(root.dataset.theme);
    show();
  });
  dark.addEventListener("change", show);
  window.addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll("details:not([open])")) {
      box.open = true;
      box.dataset.opened = "print";
    }
    drawAll("light");
  });
  window.addEventListener("afterprint", () => {
    for (const box of document.querySelectorAll("details[data-opened]")) {
      box.open = false;
      delete box.dataset.opened;
    }
    show();
  });
  new ResizeObserver(() => {
    for (const node of nodes) {
      if (node.dataset.room && node.dataset.room !== grade(node.clientWidth)) draw(node, theme());
    }
  }).observe(document.body);

  const saved = remembered();
  if (saved === "dark" || saved === "light") root.dataset.theme = saved;
  show().then(() => { root.dataset.drawn = String(nodes.length); });
})();
