// The question form: native controls in a real <form>. It holds no answer key and marks nothing itself;
// it sends what was chosen to the kernel and shows the reply. An answer that the kernel has not confirmed
// stays in this browser as a draft, so a dead kernel or a closed tab loses nothing.

function render({ model, el }) {
  const view = model.get("view");
  const kind = kinds[view.kind];
  const uid = freshId(`jdm-${view.id}`);
  const draftKey = DRAFT + view.id;
  let waiting = 0;

  const form = element("form", { class: "jdm-form", id: uid, novalidate: true, autocomplete: "off" });
  const body = element("fieldset", {}, element("legend", { id: `${uid}-stem` }, view.stem));
  if (view.note) body.append(element("p", { class: "jdm-hint" }, view.note));
  body.append(...kind.build(view, uid));
  form.append(body);

  if (view.confidence) form.append(confidenceChoice(view, uid));
  const buttons = element("div", { class: "jdm-buttons" },
    element("button", { type: "submit", class: "jdm-primary" }, view.submit || "Submit answer"));
  const unsure = view.kind !== "single" && view.kind !== "text"
    ? element("button", { type: "button" }, "I do not know") : null;
  if (unsure) buttons.append(unsure);
  form.append(buttons);
  const status = element("div", { role: "status", class: "jdm-status" });
  form.append(status);
  claimKeys(el);
  el.append(form);

  const say = (...nodes) => status.replaceChildren(...nodes);
  const plain = (text) => say(element("p", {}, text));
  const confidence = () => form.querySelector(`input[name="${uid}-sure"]:checked`)?.value ?? null;
  const answer = () => kind.read(form, view, uid);

  const keepDraft = () => {
    const response = answer();
    if (response === null) shelf.drop(draftKey);
    else shelf.set(draftKey, JSON.stringify({ version: view.version, response, confidence: confidence() }));
  };
  const fill = (response, sure) => {
    kind.fill(form, view, uid, response);
    for (const box of form.querySelectorAll(`input[name="${uid}-sure"]`)) box.checked = box.value === String(sure);
  };

  const send = (response) => {
    const request = (waiting = Date.now());
    plain("Saving your answer …");
    model.send({ type: "submit", request, response, confidence: confidence() });
    setTimeout(() => {
      if (waiting === request) plain(NO_REPLY);
    }, PATIENCE_MS);
  };

  const submit = (event) => {
    event.preventDefault();
    const response = answer();
    if (response === null) return plain(view.missing || "Nothing is chosen yet. “I do not know” is an answer too.");
    const unknown = response === view.dont_know;
    if (view.confidence && !confidence() && !unknown) return plain("One thing more: how sure are you?");
    keepDraft();
    send(response);
  };
  form.addEventListener("submit", submit);
  form.addEventListener("input", keepDraft);
  form.addEventListener("change", keepDraft);
  if (unsure) unsure.addEventListener("click", () => send(view.dont_know));

  const show = () => {
    const reply = model.get("reply");
    if (!reply || !reply.item) return;
    waiting = 0;
    if (reply.line) mirror(reply.line);
    if (reply.recorded) shelf.drop(draftKey);
    say(...replyNodes(reply));
  };
  const refresh = () => model.send({ type: "refresh" });
  model.on("change:reply", show);
  window.addEventListener("jdm_teach:restored", refresh);

  const earlier = model.get("reply");
  if (earlier?.item) {
    if (earlier.response !== view.dont_know || view.kind === "single") fill(earlier.response, earlier.confidence);
    show();
  }
  let draft = null;
  try { draft = JSON.parse(shelf.get(draftKey)); } catch { shelf.drop(draftKey); }
  if (draft && draft.version === view.version) {
    fill(draft.response, draft.confidence);
    plain("This is what you had chosen before. It is not saved yet: press the button to save it.");
  }

  return () => {
    model.off("change:reply", show);
    window.removeEventListener("jdm_teach:restored", refresh);
  };
}

export default { render };
