// A seat in a voting room. Nothing is sent anywhere until the address and the code from the wall are typed here.

function render({ model, el }) {
  claimKeys(el);
  const uid = freshId("jdm-seat");
  const input = (name, label, hint) => {
    const node = element("input", { type: "text", name, id: `${uid}-${name}`, autocomplete: "off", placeholder: hint });
    return [node, element("div", { class: "jdm-row" }, element("label", { for: node.id }, label), node)];
  };
  const [address, addressRow] = input("address", "Address on the wall", "http://192.168.0.10:8765");
  const [code, codeRow] = input("code", "Code on the wall", "");
  const join = element("button", { type: "submit", class: "jdm-primary" }, "Join the room");
  const leave = element("button", { type: "button" }, "Leave the room");
  const status = element("div", { role: "status", class: "jdm-status" });
  const form = element("form", { novalidate: true, autocomplete: "off" }, addressRow, codeRow,
    element("div", { class: "jdm-buttons" }, join, leave), status);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    model.send({ type: "join", address: address.value, code: code.value });
  });
  leave.addEventListener("click", () => model.send({ type: "leave" }));
  const show = () => {
    const said = model.get("said");
    status.replaceChildren(...(said ? [element("p", {}, said)] : []));
  };
  model.on("change:said", show);
  show();
  const fold = element("details", { class: "jdm-panel" }, element("summary", {}, "Are you in a session with a voting room?"), form);
  el.append(fold);
  return () => model.off("change:said", show);
}

export default { render };
