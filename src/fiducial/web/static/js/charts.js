// Charts: a figure made by ui.chart says as JSON what to draw; this draws it with ECharts, which comes only to pages that have
// a chart. Words, limits and their order are the server's; colours are the theme's, so a chart is drawn again when it changes.

const drawn = new Map(); // figure -> {chart, seen: ResizeObserver}
let library;

function load(url) {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", () => resolve(window.echarts));
    script.addEventListener("error", () => { library = undefined; script.remove(); reject(new Error(url)); });
    document.head.append(script);
  });
  return library;
}

const colour = (tone) => getComputedStyle(document.documentElement).getPropertyValue(`--fd-chart-${tone}`).trim();
const language = () => document.documentElement.lang;
const numbered = (value, axis) => {
  if (typeof value !== "number") return value ?? "–";
  const digits = axis?.decimals;
  const text = new Intl.NumberFormat(language(), digits === undefined || digits === null ? { maximumSignificantDigits: 6 } : { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  return axis?.unit ? `${text} ${axis.unit}` : text;
};

// An end that was worked out ("0.07136") is no figure to read; a round one is.
const ends = (axis) => ({ showMinLabel: axis.min === undefined || Number.isInteger(axis.min), showMaxLabel: axis.max === undefined || Number.isInteger(axis.max) });

// A mark is a line across the chart at a value: a limit, a mean.
function marks(spec, quiet) {
  return (spec.marks ?? []).map(({ at, label, tone = "quiet", along = "y", dashed = true }) => ({
    [along === "x" ? "xAxis" : "yAxis"]: at,
    lineStyle: { color: colour(tone), type: dashed ? "dashed" : "solid", width: 1.25 },
    label: { formatter: label ?? "", color: tone === "quiet" ? quiet : colour(tone), fontSize: 11, position: "end", distance: 4 },
  }));
}

function series(one, index, spec, quiet) {
  const shape = { bar: "bar", line: "line", area: "line", points: "scatter" }[one.kind ?? "line"];
  const main = colour(one.tone ?? "main");
  return {
    name: one.name, type: shape, yAxisIndex: one.axis ?? 0, stack: one.stack, smooth: Boolean(one.smooth), showSymbol: one.symbols !== false,
    symbolSize: one.kind === "points" ? 13 : 6, symbol: "circle", connectNulls: false, barMaxWidth: 44, z: one.kind === "points" ? 4 : 2,
    silent: one.silent === true, lineStyle: { width: one.thin ? 1 : 1.75, color: main, type: one.dashed ? "dashed" : "solid" },
    // A point stands on bars of any colour: a ring of the ground keeps it apart from them.
    itemStyle: one.kind === "points" ? { color: main, borderColor: colour("ground"), borderWidth: 2 } : { color: main }, areaStyle: one.kind === "area" ? { color: main, opacity: .22 } : undefined,
    cursor: one.data.some((point) => point?.url) ? "pointer" : "default",
    data: one.data.map((point) => (point?.tone ? { ...point, itemStyle: { color: colour(point.tone) }, symbolSize: 9 } : point)),
    markLine: index === 0 && spec.marks?.length ? { symbol: "none", silent: true, animation: false, data: marks(spec, quiet) } : undefined,
  };
}

// A few long names (stations, codes) are all to be read: they lean. Many, such as the hours of a month, are thinned out.
const leaning = (labels) => (labels && labels.length <= 12 && labels.join("").length > 48 ? { interval: 0, rotate: 28, width: 110, overflow: "truncate", hideOverlap: false } : {});

function axes(spec, quiet, line) {
  const look = { axisLabel: { color: quiet, hideOverlap: true }, axisLine: { lineStyle: { color: line } }, axisTick: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line, opacity: .6 } }, nameTextStyle: { color: quiet } };
  const x = spec.x ?? {};
  const y = Array.isArray(spec.y) ? spec.y : [spec.y ?? {}];
  return {
    xAxis: { ...look, type: x.labels ? "category" : "value", data: x.labels, name: x.name, nameLocation: "middle", nameGap: 30, min: x.min, max: x.max, splitLine: { show: false }, boundaryGap: x.labels ? spec.series.some((one) => one.kind === "bar") : undefined, axisLabel: { ...look.axisLabel, ...(x.labels ? leaning(x.labels) : ends(x)) } },
    yAxis: y.map((axis, index) => ({ ...look, type: "value", name: axis.name, min: axis.min, max: axis.max, scale: axis.min === undefined, minInterval: axis.whole ? 1 : undefined, position: index ? "right" : "left", splitLine: index ? { show: false } : look.splitLine, axisLabel: { ...look.axisLabel, ...ends(axis), formatter: (value) => numbered(value, { unit: axis.unit === "%" ? "%" : "" }) } })),
  };
}

function option(spec) {
  const quiet = colour("quiet"), line = colour("line");
  const y = Array.isArray(spec.y) ? spec.y : [spec.y ?? {}];
  const named = spec.series.filter((one) => one.name);
  const said = (point) => `${point.seriesName ? `${point.seriesName}: ` : ""}${numbered(Array.isArray(point.value) ? point.value[1] : point.value, y[spec.series[point.seriesIndex]?.axis ?? 0])}${point.data?.said ? ` · ${point.data.said}` : ""}`;
  return {
    animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 12, right: (spec.marks ?? []).some((mark) => mark.along !== "x") ? 96 : 16, top: (named.length > 1 ? 28 : 0) + (y[0].name || spec.marks?.length ? 30 : 12), bottom: (spec.zoom ? 56 : 12) + (spec.x?.name ? 22 : 0), containLabel: true },
    legend: named.length > 1 ? { top: 0, left: 0, textStyle: { color: quiet }, data: named.map((one) => one.name) } : undefined,
    // Canvas text, not HTML: the strict policy of the pages lets no inline style in.
    tooltip: { renderMode: "richText", trigger: spec.x?.labels ? "axis" : "item", confine: true, backgroundColor: colour("ground"), borderColor: line, textStyle: { color: colour("text"), fontSize: 12 },
      formatter: (points) => (Array.isArray(points) ? [points[0]?.axisValueLabel, ...points.filter((point) => point.value !== null && point.value !== undefined).map(said)].filter(Boolean).join("\n") : said(points)) },
    dataZoom: spec.zoom ? [{ type: "slider", height: 22, bottom: spec.x?.name ? 28 : 8, borderColor: line, textStyle: { color: quiet } }, { type: "inside", zoomOnMouseWheel: "ctrl" }] : undefined,
    ...axes(spec, quiet, line),
    series: spec.series.map((one, index) => series(one, index, spec, quiet)),
  };
}

async function draw(figure) {
  const place = figure.querySelector("[data-chart-place]");
  const spec = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  drawn.set(figure, null);
  try {
    const echarts = await load(figure.dataset.chart);
    if (!figure.isConnected) return;
    const chart = echarts.init(place, null, { renderer: "canvas" });
    const seen = new ResizeObserver(() => chart.resize());
    seen.observe(place);
    chart.setOption(option(spec));
    chart.on("click", (point) => { if (point.data?.url) window.location.assign(point.data.url); });
    drawn.set(figure, { chart, seen, spec });
    figure.dataset.drawn = "";
  } catch {
    figure.dataset.failed = "";
  }
}

function look() {
  for (const [figure, one] of drawn) if (!figure.isConnected) { one?.seen.disconnect(); one?.chart.dispose(); drawn.delete(figure); }
  for (const figure of document.querySelectorAll("[data-chart]")) if (!drawn.has(figure)) draw(figure);
}

new MutationObserver(() => { for (const one of drawn.values()) one?.chart.setOption(option(one.spec), true); }).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
document.addEventListener("htmx:after:swap", look);
look();
