"use strict";
// Draws the charts, and does what the page cannot do by itself: colours, the filter, what the pointer shows.
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");

  // ---- colours: the charts use the names of the page's style, so that nothing has to be drawn again

  const button = document.getElementById("theme");
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
  const sayTheme = () => {
    button.setAttribute("aria-pressed", String(isDark()));
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    sayTheme();
  });
  prefersDark.addEventListener("change", sayTheme);
  sayTheme();

  // ---- what the pointer shows: text only, never markup

  const tip = document.getElementById("tip");
  const showTip = (_, event, __, value) => {
    if (value === null || value === undefined || value === "" || typeof value !== "object") {
      tip.hidden = true;
      return;
    }
    tip.replaceChildren(
      ...Object.entries(value).map(([name, text]) => {
        const line = document.createElement("div");
        const label = document.createElement("span");
        const content = document.createElement("b");
        label.textContent = `${name} `;
        content.textContent = String(text);
        content.dir = "auto";
        line.append(label, content);
        return line;
      }),
    );
    tip.hidden = false;
    const room = 14;
    const left = Math.min(event.clientX + room, window.innerWidth - tip.offsetWidth - room);
    const below = event.clientY + room;
    const top = below + tip.offsetHeight > window.innerHeight ? event.clientY - tip.offsetHeight - room : below;
    tip.style.setProperty("left", `${Math.max(left, 0)}px`);
    tip.style.setProperty("top", `${Math.max(top, 0)}px`);
  };
  window.addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
  window.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });

  // ---- the charts

  const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
  const config = {
    background: null,
    font,
    padding: 4,
    aria: false,
    view: { stroke: null },
    text: { fontSize: 12 },
    axis: {
      labelColor: "var(--ink)", titleColor: "var(--faint)", titleFontWeight: "normal",
      domainColor: "var(--faint)", tickColor: "var(--faint)", gridColor: "var(--rule)",
      labelFontSize: 12, titleFontSize: 12, labelOverlap: true, labelSeparation: 6,
    },
    tooltip: {},
  };
  const charts = JSON.parse(document.getElementById("bposim-charts").textContent);
  const views = [];
  for (const place of document.querySelectorAll("[data-chart]")) {
    try {
      const compiled = vegaLite.compile(charts[place.dataset.chart], { config });
      const view = new vega.View(vega.parse(compiled.spec, null, { ast: true }), {
        expr: vegaInterpreter.expressionInterpreter,
        renderer: "svg",
        logLevel: vega.Error,
      });
      view.tooltip(showTip).initialize(place).hover().run();
      views.push([place, view]);
    } catch (error) {
      place.textContent = "This chart could not be drawn; its figures are in the table below.";
      console.error(error);
    }
  }

  // Paper is narrower than most screens: charts are laid out for it, so that their words keep their size.
  const onPaper = { 1: 820, 2: 408 };
  const lay = (widthOf) => {
    for (const [place, view] of views) {
      const columns = place.closest(".columns-2") ? 2 : 1;
      view.signal("width", widthOf(place, columns)).resize().run();
    }
  };
  // All assumptions are printed, and closed again afterwards.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details.assumptions:not([open])")];
    for (const group of closed) group.open = true;
    lay((_, columns) => onPaper[columns]);
  });
  window.addEventListener("afterprint", () => {
    for (const group of closed) group.open = false;
    closed = [];
    lay((place) => place.clientWidth);
  });
  root.dataset.charts = String(views.length);

  // ---- the filter of the assumptions

  const field = document.getElementById("filter");
  const said = document.getElementById("filtered");
  const rows = [...document.querySelectorAll("table.assumed tbody tr")];
  const texts = rows.map((row) => {
    const grade = row.querySelector("[data-grade]").dataset.grade;
    return `${row.textContent} ${grade.split(" ").map((letter) => `grade-${letter}`).join(" ")}`.toLowerCase();
  });
  if (field) {
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().replace(/grade +/g, "grade-").split(/\s+/).filter(Boolean);
      let count = 0;
      rows.forEach((row, number) => {
        const fits = words.every((word) => texts[number].includes(word));
        row.hidden = !fits;
        count += fits ? 1 : 0;
      });
      said.textContent = words.length ? `${count.toLocaleString("en")} of ${rows.length.toLocaleString("en")}` : "";
      for (const group of document.querySelectorAll("details.assumptions")) {
        if (words.length && group.querySelector("tbody tr:not([hidden])")) group.open = true;
      }
    });
  }
})();
