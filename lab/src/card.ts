// The job at the cursor.

import type { Job, JobStep, Standing, State, Step } from "./answers";
import { h, type Child } from "./dom";
import { colours, glyph, stateIn } from "./glyphs";
import { instant, short, size, span } from "./words";

/** The step that last made or took the error object of a job, with its rule. */
function lastChange(job: string, steps: Step[], step: number): { at: number; did: JobStep; isNow: boolean } | undefined {
  for (let index = step - 1; index >= 0; index--) {
    const did = steps[index]!.jobs.find((did) => did.name === job && did.error_object !== undefined);
    if (did) return { at: steps[index]!.at, did, isNow: index === step - 1 };
  }
  return undefined;
}

function errorObject(job: Job, begins: number, steps: Step[], step: number): HTMLElement {
  const change = lastChange(job.name, steps, step);
  const rules = change?.did.rules.filter((id) => id.startsWith("ERR-")) ?? [];
  const madeBy = change && h("p", { class: "made" }, `${job.error ? "made" : "taken"} at ${short(change.at, begins)} · `, h("code", {}, rules.join(", ")));
  if (job.error) {
    const { code, context, file } = job.error;
    return h("div", { class: change?.isNow ? "error-object exists appears" : "error-object exists" },
      h("p", { class: "title" }, h("b", {}, "Error object"), " GetError → S_OK"),
      h("p", { class: "code" }, code.name ?? code.number, " ", code.name && h("span", {}, code.number)),
      h("p", {}, code.meaning),
      h("p", {}, "in ", h("code", {}, context), file && " of ", file && h("code", {}, file)),
      madeBy);
  }
  const refused = job.no_error;
  return h("div", { class: change?.isNow ? "error-object vanishes" : "error-object" },
    h("p", { class: "title" }, h("b", {}, "No error object")),
    refused && h("p", {}, "GetError → ", h("code", {}, refused.code.name ?? ""), " ", h("code", {}, refused.code.number), " · ", h("code", {}, refused.rule)),
    madeBy ?? h("p", { class: "made" }, "nothing has failed yet"));
}

const isOver = (state: State) => state === "ACKNOWLEDGED" || state === "CANCELLED";

type Clock = Job["clocks"][number];

function clock(one: Clock, isNext: boolean, isNew: boolean, now: number, begins: number): HTMLElement {
  const state = stateIn(one.then);
  return h("li", { class: isNext ? "clock next" : "clock", style: state && colours(state) },
    h("span", { class: "dot", "aria-hidden": "true" }),
    h("span", {}, one.clock[0]!.toUpperCase() + one.clock.slice(1), isNew && mark(), isNext && h("small", {}, " acts next")),
    h("b", {}, `in ${span(one.at - now)}`),
    h("span", { class: "then" }, state && glyph(state), one.then),
    h("span", { class: "at" }, short(one.at, begins)));
}

/** Marks what the step changed. */
const mark = () => h("span", { class: "changed", title: "changed by this step" }, h("span", { class: "hidden" }, " changed by this step"));

/** The job at the cursor; what differs from where it stood before the step is marked. */
export function card(job: Job, standing: Standing, before: Standing | undefined, begins: number, steps: Step[], step: number): HTMLElement[] {
  const known = before?.jobs.find(({ name }) => name === job.name);
  const isNew = (of: (job: Job) => unknown) => known !== undefined && JSON.stringify(of(job)) !== JSON.stringify(of(known));
  const gone = known?.clocks.filter(({ clock }) => !job.clocks.some((one) => one.clock === clock)) ?? [];
  const isNewClock = ({ clock, at }: Clock) => known !== undefined && !known.clocks.some((one) => one.clock === clock && one.at === at);
  const did = steps[step - 1]?.jobs.find((did) => did.name === job.name);
  const from = did && did.before !== job.state ? `from ${did.before}` : "unchanged by this step";
  const total = job.progress.bytes_total;
  const done = total ? (100 * job.progress.bytes_transferred) / total : 0;
  const files = job.files.flatMap(({ local, temporary, progress }) => {
    const begun = temporary && progress.bytes_transferred > 0 && !progress.completed && !isOver(job.state);
    const found = standing.disk.find(({ path }) => path === local) ?? standing.disk.find(({ path }) => path === temporary)
      ?? (begun ? { path: temporary, size: progress.bytes_transferred } : undefined);
    if (!found) return [];
    const becomes = found.path === temporary && temporary !== local ? ` · becomes ${local}` : "";
    return [h("div", {}, h("code", {}, found.path), ` ${size(found.size)}${becomes}`)];
  });
  const names = job.files.flatMap(({ local, temporary }) => [local, temporary]);
  const onDisk = (standing: Standing) => JSON.stringify(standing.disk.filter(({ path }) => names.includes(path)));
  const row = (title: string, isNew: boolean, ...what: Child[]) => [h("dt", {}, title, isNew && mark()), h("dd", {}, ...what)];
  return [
    h("div", { class: "state" },
      h("span", { class: "chip", style: colours(job.state) }, glyph(job.state), job.state),
      h("span", { class: "about" }, from, h("br"), `${job.type} · ${job.owner} · ${job.priority}`)),
    errorObject(job, begins, steps, step),
    job.clocks.length
      ? h("ul", { class: "clocks", "aria-label": "Clocks" }, ...job.clocks.map((one, index) => clock(one, index === 0, isNewClock(one), standing.now, begins)), ...gone.map(({ clock }) => h("li", { class: "clock gone" }, h("span"), h("span", {}, h("s", {}, clock), " stopped by this step"))))
      : h("p", { class: "clocks none" }, "No clock runs.", gone.length > 0 && ` The step stopped ${gone.map(({ clock }) => clock).join(", ")}.`),
    h("dl", {},
      ...row("Waits", isNew(({ waits, missing }) => [waits, missing]), job.waits, job.missing && ` ${job.missing}`),
      ...row("Progress", isNew(({ progress }) => progress),
        `${size(job.progress.bytes_transferred)} of ${total === null ? "an unknown size" : size(total)}`,
        ` · ${job.progress.files_transferred} of ${job.progress.files_total} files`,
        h("div", { class: "bar", role: "progressbar", "aria-label": "Progress", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(done) },
          h("i", { style: `width:${done}%` }))),
      ...row("Error count", isNew(({ error_count }) => error_count), String(job.error_count)),
      ...row("On disk", before !== undefined && onDisk(standing) !== onDisk(before), ...(files.length ? files : [h("span", { class: "dim" }, "no file yet")])),
      ...row("To tell", did?.told !== undefined || isNew(({ due }) => due),
        job.due.length ? h("b", {}, job.due.join(", ")) : h("span", { class: "dim" }, "nothing pending"),
        did?.told && ` · told just now: ${did.told.notification}`)),
  ];
}

export const title = (standing: Standing) => instant(standing.now);
