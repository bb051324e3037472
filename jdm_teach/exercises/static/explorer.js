// The explorer: predict, run, compare, then move the controls. One request is in the air at a time and the latest
// value wins, so a dragged slider never queues up old pictures.

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function rangeControl(control, uid, changed) {
  const attributes = { min: control.low, max: control.high, step: control.step };
  const slider = element("input", { type: "range", id: `${uid}-${control.name}-s`, ...attributes, "aria-label": control.label });
  const number = element("input", { type: "number", id: `${uid}-${control.name}-n`, ...attributes });
  const mend = (raw) => {
    const value = Number(raw);
    if (raw === "" || !Number.isFinite(value)) return [Number(slider.value), `${control.label}: this needs a number. It stays at ${slider.value}.`];
    if (value < control.low) return [control.low, `${control.label}: ${value} is below what this picture can show. It was set to ${control.low}.`];
    if (value > control.high) return [control.high, `${control.label}: ${value} is above what this picture can show. It was set to ${control.high}.`];
    const steps = Math.round((value - control.low) / control.step);
    const near = Number((control.low + steps * control.step).toPrecision(12));
    return [near, Math.abs(near - value) > 1e-9 ? `${control.label}: set to ${near}, the nearest step.` : ""];
  };
  slider.addEventListener("input", () => { number.value = slider.value; changed(""); });
  number.addEventListener("change", () => {
    const [value, sentence] = mend(number.value);
    number.value = value;
    slider.value = value;
    changed(sentence);
  });
  return {
    nodes: [element("div", { class: "jdm-row" }, element("label", { for: number.id }, control.label),
      slider, number, element("span", { class: "jdm-unit" }, control.unit || ""))],
    get: () => Number(number.value),
    set: (value) => { slider.value = value; number.value = value; },
  };
}

function choiceControl(control, uid, changed) {
  const select = element("select", { id: `${uid}-${control.name}` });
  for (const [key, text] of control.options) select.append(element("option", { value: key }, text));
  select.addEventListener("change", () => changed(""));
  return {
    nodes: [element("div", { class: "jdm-row" }, element("label", { for: select.id }, control.label), select)],
    get: () => select.value,
    set: (value) => { select.value = value; },
  };
}

function toggleControl(control, uid, changed) {
  const box = element("input", { type: "checkbox", id: `${uid}-${control.name}` });
  box.addEventListener("change", () => changed(""));
  return {
    nodes: [element("div", { class: "jdm-choice" }, box, element("label", { for: box.id }, control.label))],
    get: () => box.checked,
    set: (value) => { box.checked = value; },
  };
}

function stepControl(control, uid, changed) {
  let count = control.start;
  const button = element("button", { type: "button" }, control.label);
  button.addEventListener("click", () => { count = Math.min(count + 1, control.high); changed(""); });
  return { nodes: [element("div", { class: "jdm-buttons" }, button)], get: () => count, set: (value) => { count = value; } };
}

const builders = { range: rangeControl, choice: choiceControl, toggle: toggleControl, step: stepControl };

function render({ model, el }) {
  const view = model.get("view");
  const uid = freshId(`jdm-x-${view.id}`);
  claimKeys(el);
  const status = element("div", { role: "status", class: "jdm-status" });
  const say = (...texts) => status.replaceChildren(...texts.filter(Boolean).map((text) => element("p", {}, text)));
  const panel = element("section", { class: "jdm-panel", "aria-labelledby": `${uid}-title` },
    element("p", { class: "jdm-headline", id: `${uid}-title` }, view.title));
  if (view.task) panel.append(element("p", {}, view.task));

  let inFlight = 0;
  let next = null;
  let note = "";
  let ran = false;
  let unlocked = !view.prediction;
  let keeping = false;
  let wanted = false;

  const controls = view.controls.map((control) => [control, builders[control.kind](control, uid, (sentence) => {
    note = sentence;
    if (ran) request();
    else if (sentence) say(sentence);
  })]);
  const values = () => Object.fromEntries(controls.map(([control, made]) => [control.name, made.get()]));
  const first = () => { for (const [control, made] of controls) made.set(control.start); };

  const request = () => {
    next = values();
    if (!inFlight) launch();
  };
  const launch = () => {
    const sent = (inFlight = Date.now() + Math.random());
    model.send({ type: "run", request: sent, values: next });
    next = null;
    setTimeout(() => { if (inFlight === sent && progress.hidden) say(NO_REPLY.replace("Your answer is kept in this browser. ", view.prediction ? "Your prediction is kept. " : "")); }, PATIENCE_MS);
  };

  // The prediction comes first; "I do not know" counts.
  let guess = null;
  if (view.prediction) {
    const item = view.prediction;
    const kind = kinds[item.kind];
    const gid = `${uid}-p`;
    guess = element("form", { novalidate: true, autocomplete: "off" },
      element("fieldset", {}, element("legend", { id: `${gid}-stem` }, item.stem), ...kind.build(item, gid)));
    const keep = (response) => {
      keeping = true;
      say("Keeping your prediction …");
      model.send({ type: "predict", response });
    };
    const unsure = element("button", { type: "button" }, "I do not know");
    unsure.addEventListener("click", () => keep(item.dont_know));
    guess.append(element("div", { class: "jdm-buttons" }, element("button", { type: "submit", class: "jdm-primary" }, "Keep my prediction"),
      ...(item.kind === "single" ? [] : [unsure])));
    guess.addEventListener("submit", (event) => {
      event.preventDefault();
      const response = kind.read(guess, item, gid);
      if (response === null) say("Nothing is entered yet. “I do not know” counts as a prediction too.");
      else keep(response);
    });
    panel.append(guess);
  }
  const kept = element("p", { class: "jdm-kept" });
  const run = element("button", { type: "button", class: "jdm-primary" }, view.run_label || "Run");
  const reset = element("button", { type: "button" }, "Reset");
  const stop = element("button", { type: "button", hidden: true }, "Stop");
  const progress = element("progress", { max: "1", value: "0", hidden: true, "aria-label": "How far the calculation is" });
  const stage = element("div", { class: "jdm-stage" });
  const group = element("fieldset", {}, element("legend", {}, "Settings"));
  for (const [, made] of controls) group.append(...made.nodes);
  panel.append(kept);
  if (controls.length) panel.append(group);
  panel.append(element("div", { class: "jdm-buttons" }, run, reset, stop, progress), status, stage);
  el.append(panel);
  first();

  const lock = () => {
    run.setAttribute("aria-disabled", String(!unlocked));
    group.disabled = !unlocked;
  };
  run.addEventListener("click", () => {
    if (!unlocked && keeping) {
      wanted = true;
      return say("Your prediction is being kept; the run follows.");
    }
    if (!unlocked) return say("First your prediction, then the run. “I do not know” counts.");
    note = "";
    request();
  });
  reset.addEventListener("click", () => { first(); note = "Everything is back at its first setting."; if (ran) request(); else say(note); });
  stop.addEventListener("click", () => model.send({ type: "stop" }));

  const showPrediction = () => {
    const predicted = model.get("predicted");
    if (predicted.line) mirror(predicted.line);
    if (!predicted.text) return;
    unlocked = true;
    kept.textContent = predicted.text;
    lock();
    if (!ran) say(`Your prediction is kept. “${run.textContent}” is open now.`);
    if (wanted) request();
    keeping = wanted = false;
  };
  const image = element("img", { alt: "" });
  const picture = element("figure", {}, image, element("figcaption"));
  const numbers = element("details", {}, element("summary", {}, "The numbers as a table"), element("div", { class: "jdm-table" }));
  const show = () => {
    const shown = model.get("shown");
    if (!shown?.turn) return;
    inFlight = 0;
    stop.hidden = progress.hidden = true;
    if (shown.apology) { say(shown.apology); return; }
    ran = true;
    if (shown.image) {
      image.src = shown.image;
      image.alt = shown.alt;
      if (shown.width) image.width = shown.width;
      picture.lastChild.textContent = shown.caption;
      if (picture.parentNode !== stage) stage.prepend(picture);
    } else picture.remove();
    numbers.lastChild.innerHTML = shown.table || "";
    if (shown.table && numbers.parentNode !== stage) stage.append(numbers);
    if (!shown.table) numbers.remove();
    say(note, shown.comparison, shown.sentence);
    note = "";
    if (next && !same(next, shown.values)) launch();
    else next = null;
  };
  const heard = (message) => {
    if (message.type === "said") {
      keeping = wanted = false;
      return say(message.said);
    }
    if (message.type !== "progress") return;
    progress.value = message.done;
    stop.hidden = progress.hidden = false;
  };
  model.on("change:predicted", showPrediction);
  model.on("change:shown", show);
  model.on("msg:custom", heard);
  const refresh = () => model.send({ type: "refresh" });
  window.addEventListener("jdm_teach:restored", refresh);
  lock();
  showPrediction();
  if (model.get("shown")?.sentence) {
    const earlier = model.get("shown").values;
    for (const [control, made] of controls) if (control.name in earlier) made.set(earlier[control.name]);
    show();
  }
  return () => {
    model.off("change:predicted", showPrediction);
    model.off("change:shown", show);
    model.off("msg:custom", heard);
    window.removeEventListener("jdm_teach:restored", refresh);
  };
}

export default { render };
