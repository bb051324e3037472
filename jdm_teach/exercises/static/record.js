// The record panel: what is kept, where, and how to take it along. Download works even when the kernel is gone,
// from the copy in this browser.

function button(text, action, primary = false) {
  const node = element("button", { type: "button", class: primary ? "jdm-primary" : null }, text);
  node.addEventListener("click", action);
  return node;
}

function save(name, text) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const identities = (text) => text.split("\n").flatMap((line) => {
  try { return line ? [JSON.parse(line).id] : []; } catch { return []; }
});

function render({ model, el }) {
  claimKeys(el);
  const facts = element("div");
  const status = element("div", { role: "status", class: "jdm-status" });
  const say = (text) => status.replaceChildren(element("p", {}, text));
  let waiting = 0;

  const ask = (message, otherwise) => {
    const request = (waiting = Date.now());
    model.send(message);
    setTimeout(() => { if (waiting === request) otherwise(); }, 4000);
  };
  const download = () => ask({ type: "export" }, () => {
    const copy = shelf.get(MIRROR);
    if (!copy) return say("The notebook does not reply and this browser holds no copy. Run the page again, then download.");
    save("jdm_record_from_browser.jsonl", copy);
    say("The notebook does not reply, so this file was made from the copy in this browser.");
  });
  const restore = (text, where) => ask({ type: "restore", text, where }, () =>
    say("The notebook does not reply. Run the page again, then restore; your file is unchanged."));

  const id = freshId("jdm-restore");
  const file = element("input", { type: "file", accept: ".jsonl,.json,.txt", id });
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (!chosen) return;
    if (chosen.size > MOST_BYTES) say("This file is larger than any record of this course. Nothing was changed.");
    else restore(await chosen.text(), chosen.name);
    file.value = "";
  });
  const row = element("div", { class: "jdm-row" }, element("label", { for: id }, "Restore from a file:"), file);

  const fromBrowser = button("Restore what this browser kept", () => restore(shelf.get(MIRROR) || "", "this browser"));
  const buttons = element("div", { class: "jdm-buttons" },
    button("Download my record", download, true),
    fromBrowser,
    button("Print this page", () => window.print()),
    button("Forget the copy in this browser", () => { shelf.drop(MIRROR); say("The copy in this browser is deleted. The record itself is unchanged."); describe(); }),
  );

  function describe() {
    const summary = model.get("summary");
    facts.replaceChildren(...summary.lines.map((line) => element("p", {}, line)));
    const here = new Set(summary.ids);
    const missing = identities(shelf.get(MIRROR) || "").filter((id) => !here.has(id)).length;
    fromBrowser.hidden = missing === 0;
    if (missing) facts.append(element("p", {}, `This browser keeps ${missing} saved ${missing === 1 ? "entry" : "entries"} that this session does not have.`));
  }
  const heard = (message) => {
    waiting = 0;
    if (message.type === "export") save(message.name, message.text);
    if (message.said) say(message.said);
    if (message.type === "restored") window.dispatchEvent(new Event("jdm_teach:restored"));
  };
  model.on("msg:custom", heard);
  model.on("change:summary", describe);
  el.append(element("section", { class: "jdm-panel", "aria-label": "My record" }, facts, buttons, row, status));
  describe();
  const refresh = () => model.send({ type: "refresh" });
  refresh();
  window.addEventListener("jdm_teach:kept", refresh);
  return () => {
    model.off("msg:custom", heard);
    model.off("change:summary", describe);
    window.removeEventListener("jdm_teach:kept", refresh);
  };
}

export default { render };
