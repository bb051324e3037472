// What all forms share: native controls built from data, the browser's shelf for drafts and copies, replies as text.
// Nothing here knows a right answer.

const DRAFT = "jdm_teach.draft.";
const MIRROR = "jdm_teach.record";
const PATIENCE_MS = 10000;
const MOST_BYTES = 20e6;

// Every widget is a module of its own, so a counter here would start anew for each of them.
const freshId = (stem) => `${stem}-${Math.random().toString(36).slice(2, 9)}`.replace(/[^A-Za-z0-9_-]/g, "-");

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// Private windows and full disks make storage throw; the form must work without it.
const shelf = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, text) { try { localStorage.setItem(key, text); } catch { /* the kernel's record remains */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing to drop */ } },
};

function mirror(line) {
  if (!line) return;
  const kept = shelf.get(MIRROR) || "";
  if (kept.includes(line)) return;
  shelf.set(MIRROR, kept + line + "\n");
  window.dispatchEvent(new Event("jdm_teach:kept"));
}

function choice(type, name, key, text, id) {
  const input = element("input", { type, name, value: key, id });
  return element("div", { class: "jdm-choice" }, input, element("label", { for: id }, text));
}

function picker(name, id, label, entries, first) {
  const select = element("select", { name, id }, element("option", { value: "" }, first));
  for (const [key, text] of entries) select.append(element("option", { value: key }, text));
  return element("div", { class: "jdm-row" }, element("label", { for: id }, label), select);
}

function field(name, id, label, unit, describedBy) {
  const input = element("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", name, id, "aria-describedby": describedBy,
  });
  return element("div", { class: "jdm-row" }, element("label", { for: id }, label), input,
    element("span", { class: "jdm-unit" }, unit || ""));
}

// One builder and one reader per kind of item: what stands in the form, and what was answered (null = nothing yet).
const kinds = {
  single: {
    build: (view, uid) => [
      ...view.options.map((o, i) => choice("radio", uid, o.key, o.text, `${uid}-o${i}`)),
      choice("radio", uid, view.dont_know, "I do not know", `${uid}-idk`),
    ],
    read: (form, view, uid) => form.querySelector(`input[name="${uid}"]:checked`)?.value ?? null,
    fill: (form, view, uid, value) => {
      for (const box of form.querySelectorAll(`input[name="${uid}"]`)) box.checked = box.value === value;
    },
  },
  many: {
    build: (view, uid) => view.options.map((o, i) => choice("checkbox", uid, o.key, o.text, `${uid}-o${i}`)),
    read: (form, view, uid) => {
      const ticked = [...form.querySelectorAll(`input[name="${uid}"]:checked`)].map((box) => box.value);
      return ticked.length ? ticked : null;
    },
    fill: (form, view, uid, value) => {
      for (const box of form.querySelectorAll(`input[name="${uid}"]`)) box.checked = (value || []).includes(box.value);
    },
  },
  number: {
    build: (view, uid) => [field("value", `${uid}-v`, "Your number", view.unit)],
    read: (form) => form.elements.value.value.trim() || null,
    fill: (form, view, uid, value) => { form.elements.value.value = value ?? ""; },
  },
  interval: {
    build: (view, uid) => [
      field("low", `${uid}-l`, "From", view.unit), field("high", `${uid}-h`, "To", view.unit),
    ],
    read: (form) => {
      const pair = [form.elements.low.value.trim(), form.elements.high.value.trim()];
      return pair[0] || pair[1] ? pair : null;
    },
    fill: (form, view, uid, value) => {
      form.elements.low.value = value?.[0] ?? "";
      form.elements.high.value = value?.[1] ?? "";
    },
  },
  order: {
    build: (view, uid) => view.options.map((o, i) =>
      picker(o.key, `${uid}-o${i}`, o.text, view.options.map((_, k) => [String(k + 1), `place ${k + 1}`]), "choose a place")),
    read: (form, view) => {
      const places = view.options.map((o) => [o.key, form.elements[o.key].value]);
      if (places.every(([, place]) => !place)) return null;
      return Object.fromEntries(places);
    },
    fill: (form, view, uid, value) => {
      for (const o of view.options) form.elements[o.key].value = value?.[o.key] ?? "";
    },
  },
  sort: {
    build: (view, uid) => view.cards.map((card, i) =>
      picker(card.key, `${uid}-c${i}`, card.text, view.categories.map((c) => [c.key, c.text]), "choose")),
    read: (form, view) => {
      const piles = view.cards.map((card) => [card.key, form.elements[card.key].value]);
      if (piles.every(([, pile]) => !pile)) return null;
      return Object.fromEntries(piles.filter(([, pile]) => pile));
    },
    fill: (form, view, uid, value) => {
      for (const card of view.cards) form.elements[card.key].value = value?.[card.key] ?? "";
    },
  },
  text: {
    build: (view, uid) => [element("label", { for: `${uid}-t` }, "In your own words"), element("textarea", {
      name: "value", id: `${uid}-t`, rows: "4", maxlength: "4000", "aria-describedby": `${uid}-care`,
    }), element("p", { class: "jdm-hint", id: `${uid}-care` },
      "Please write nothing that could identify a patient. Nothing you write leaves this computer or session.")],
    read: (form) => form.elements.value.value.trim() || null,
    fill: (form, view, uid, value) => { form.elements.value.value = value ?? ""; },
  },
};

function replyNodes(reply) {
  const nodes = [];
  if (reply.headline) nodes.push(element("p", { class: "jdm-headline" }, reply.headline));
  if (reply.message) nodes.push(element("p", {}, reply.message));
  if (reply.details?.length) {
    nodes.push(element("ul", {}, ...reply.details.map(([label, text]) =>
      element("li", {}, element("strong", {}, label), " ", text))));
  }
  if (reply.next) nodes.push(element("p", {}, reply.next));
  if (reply.explanation) {
    const more = element("details", { open: reply.open === true },
      element("summary", {}, "Explanation"), element("p", {}, reply.explanation));
    if (reply.sources?.length) {
      const list = reply.sources.map((s) => element("li", {}, s.url
        ? element("a", { href: s.url, target: "_blank", rel: "noopener" }, s.text) : s.text));
      more.append(element("p", {}, "Sources"), element("ul", {}, ...list));
    }
    nodes.push(more);
  }
  if (reply.room) nodes.push(element("p", { class: "jdm-kept" }, reply.room));
  if (reply.kept) nodes.push(element("p", { class: "jdm-kept" }, reply.kept));
  return nodes;
}

// JupyterLab takes single letters and arrows as commands; inside a form they belong to the form.
function claimKeys(el) {
  el.classList.add("jdm-root");
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const type of ["keydown", "keypress", "keyup"]) el.addEventListener(type, (event) => event.stopPropagation());
}

function confidenceChoice(view, uid) {
  const sure = element("fieldset", { class: "jdm-confidence" }, element("legend", {}, "How sure are you?"));
  view.confidence.forEach(([level, word], i) =>
    sure.append(choice("radio", `${uid}-sure`, String(level), word, `${uid}-s${i}`)));
  return sure;
}

const NO_REPLY = "The notebook has not replied yet. Your answer is kept in this browser. If nothing happens, "
  + "restart the kernel, run the page again, and press the button once more.";
