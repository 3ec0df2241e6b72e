// The scripts of every page. Pages only read; whatever writes goes through the JSON API (forms.js, scan.js).
import "./shell.js";
import "./forms.js";
import "./scan.js";
import "./narrow.js";
import "./station.js";
import "./when.js";
import "./judge.js";
import "./trace.js";
import "./charts.js";
import "./arrange.js";
import "./notices.js";
import "./papers.js";
import "./repeat.js";
import "./upload.js";

// htmx begins in a turn of its own, and asked for it before us: from here on everything is heard (early.js).
setTimeout(() => document.dispatchEvent(new Event("fiducial:ready")));
