// Makes the pages of a room follow the room without reloading. Everything also works without this file, as plain forms.

const main = document.querySelector("main");
const LEVELS = [1000, 2000, 4000, 8000];
let mine = JSON.parse(main?.dataset.mine || "{}");

// What the page shows anyway is read out without being written twice.
function say(sentence, unseen = false) {
  const line = document.getElementById("status");
  if (!line) return;
  line.classList.toggle("unseen", unseen);
  line.textContent = sentence;
}

// Which control has the focus, in words that still fit after the stage was drawn again.
function held(stage) {
  const node = document.activeElement;
  if (!node || !stage.contains(node)) return null;
  if (node.tagName !== "BUTTON") return node.id ? `#${node.id}` : "h2";
  const fields = node.form ? [...new FormData(node.form)].filter(([name]) => !["token", "version"].includes(name)) : [];
  return () => [...stage.querySelectorAll("button")].find((b) => b.form && fields.every(([n, v]) => new FormData(b.form).get(n) === v));
}

function put(html, key) {
  const stage = document.getElementById("stage");
  const wanted = held(stage);
  const open = [...stage.querySelectorAll("details[open] > summary")].map((node) => node.textContent);
  stage.innerHTML = html;
  stage.dataset.key = key;
  personal(stage);
  if (key === shownKey) for (const summary of stage.querySelectorAll("summary")) summary.parentNode.open = open.includes(summary.textContent);
  shownKey = key;
  if (wanted) {
    const node = typeof wanted === "function" ? wanted() : stage.querySelector(wanted);
    (node || stage.querySelector("h2"))?.focus();
  }
}
let shownKey = document.getElementById("stage")?.dataset.key;

// The stage that is pushed to all phones lacks what belongs to this one: its token and its own vote.
function personal(stage) {
  if (!main.dataset.token) return;
  for (const field of stage.querySelectorAll('input[name="token"]')) field.value = main.dataset.token;
  const round = stage.dataset.key.split(":")[0];
  const line = stage.querySelector(".mine");
  if (String(mine.round) !== round) return;
  if (line) line.textContent = `Your vote: ${mine.words}.`;
  for (const [name, value] of [["option", mine.option], ["confidence", mine.confidence]]) {
    const box = stage.querySelector(`input[name="${name}"][value="${value}"]`);
    if (box) box.checked = true;
  }
  const reply = stage.querySelector(`[data-option="${mine.option}"] .own`);
  if (reply) reply.textContent = " (your vote)";
}

// Another page of this room, fetched in the background: its stage and its status line replace ours.
function adopt(text) {
  const other = new DOMParser().parseFromString(text, "text/html");
  const stage = other.getElementById("stage");
  if (!stage) return false;
  put(stage.innerHTML, stage.dataset.key);
  say(other.getElementById("status")?.textContent || "");
  return true;
}

async function heard(event) {
  const state = JSON.parse(event.data);
  const stage = document.getElementById("stage");
  if (state.key !== stage.dataset.key) {
    if (state.html !== undefined) {
      put(state.html, state.key);
      say(stage.querySelector("h2")?.textContent || "", true);
    } else {
      const reply = await fetch(location.pathname, { headers: { accept: "text/html" } }).catch(() => null);
      if (reply) adopt(await reply.text());
    }
  }
  for (const name of ["received", "listening"]) {
    if (state[name] === undefined) continue;
    for (const node of document.querySelectorAll(`[data-${name}]`)) node.textContent = state[name];
  }
}

function follow(tries = 0) {
  const source = new EventSource(main.dataset.events);
  source.addEventListener("state", (event) => {
    tries = 0;
    heard(event);
    if (document.getElementById("stage").dataset.key === "over") source.close();
  });
  source.onerror = () => {
    // A browser gives up for good when the server is away; a few hundred phones should not all return in the same instant.
    source.close();
    const wait = LEVELS[Math.min(tries, LEVELS.length - 1)] * (0.5 + Math.random());
    setTimeout(() => follow(tries + 1), wait);
  };
}

async function sendVote(form) {
  const button = form.querySelector("button");
  const body = new URLSearchParams(new FormData(form));
  button.setAttribute("aria-disabled", "true");
  say("Sending …");
  try {
    const reply = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { accept: "application/json" } });
    const found = await reply.json();
    if (found.kept) mine = found.mine;
    const line = document.querySelector("#stage .mine");
    if (found.kept && line) line.textContent = "";
    say(found.sentence);
  } catch {
    const earlier = mine.round && String(mine.round) === form.elements.round.value ? ` Your earlier vote (${mine.words}) still counts.` : "";
    say(`Not sent: there is no connection. Your choice is still here; send it again in a moment.${earlier}`);
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

async function sendStep(form) {
  try {
    const reply = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!adopt(await reply.text())) say("Not done. Load this page again.");
  } catch {
    say("Not done: there is no connection to the room.");
  }
}

const IN_THE_BACKGROUND = ["turn", "open", "close", "reopen", "discuss", "reveal"];

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.querySelector('[aria-disabled="true"]')) event.preventDefault();
  else if (form.classList.contains("ballot")) {
    event.preventDefault();
    sendVote(form);
  } else if (IN_THE_BACKGROUND.includes(form.querySelector('input[name="action"]')?.value)) {
    event.preventDefault();
    sendStep(form);
  }
});

// The facilitator's secret stands behind # in the link: servers and their logs never see it. It leaves the address bar at once.
const door = document.getElementById("unlock");
if (door && location.hash.length > 1) {
  door.elements.secret.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  door.requestSubmit();
}

if (main?.dataset.events) {
  personal(document.getElementById("stage"));
  follow();
}
