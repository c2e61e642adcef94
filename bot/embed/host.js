// The page around WisdomAI: it puts the frame in, keeps its token fresh, and says so when it cannot.
//
// WisdomAI asks for a new token with a message some 10 seconds before the old one ends, and waits 10 seconds for
// the answer. A frame with a token that has ended may show a login page instead of an error, and another origin's
// page cannot be looked into. So the host goes by what it does know: when the token that it gave ends, and when
// the frame has loaded a page that the host did not ask for.

const PATIENCE_MS = 8_000; // WisdomAI gives up after 10 seconds.
const GRACE_MS = 5_000; // A token that ended so long ago was not renewed in time.
const CALM_MS = 60_000; // Loads by itself twice within this: a fresh token does not help.
const MOST_TIMER_MS = 2 ** 31 - 1; // Longer waits would fire at once.
const ALLOW = "microphone; camera; clipboard-write; fullscreen";

const { origin, frame: address, csrf, session } = document.body.dataset;
const element = (id) => document.getElementById(id);
const channel = new BroadcastChannel("wisdom-embed");

let frame = null;
let person = element("who").textContent;
let ends = 0; // when the frame's token ends, by this machine's clock
let asking = null; // the one request for a token that is under way
let mended = -CALM_MS; // when a frame that had gone elsewhere was last put right
let timer = 0;
let away = false; // the server did not answer the last time

class Failure extends Error {
  constructor(code, message, { ref = "", status = 0 } = {}) {
    super(message);
    this.code = code;
    this.ref = ref;
    this.status = status;
  }
}

// -- the token ---------------------------------------------------------------------------------------------

/** A fresh token and whose it is; whoever asks while a request is under way shares its result. */
function freshToken() {
  asking ??= askForToken().finally(() => {
    asking = null;
  });
  return asking;
}

async function askForToken() {
  let answer;
  let told;
  try {
    answer = await fetch("/api/wisdom-token", {
      method: "POST",
      headers: { "X-CSRF-Token": csrf },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    told = await answer.json();
  } catch {
    away = true;
    throw new Failure("away", "WisdomAI's sign-in could not be renewed: this app did not answer. Try again.");
  }
  away = false;
  if (!answer.ok) {
    throw new Failure(told.error, told.message, { ref: told.ref, status: answer.status });
  }
  ends = Date.now() + told.expires_in * 1000;
  watchTheEnd();
  return { token: told.token, who: told.who };
}

// -- the frame ---------------------------------------------------------------------------------------------

/** Shows the frame with a fresh token. */
async function show() {
  try {
    place(await freshToken());
    hideNotice();
  } catch (failure) {
    tell(failure);
  }
}

/** A new element each time: to assign another src to the old one would leave its token in the history. */
function place({ token, who }) {
  person = who;
  element("who").textContent = who;
  const inside = new URL(address);
  inside.searchParams.set("token", token);
  const next = document.createElement("iframe");
  next.id = "wisdom-frame";
  next.title = "WisdomAI";
  next.allow = ALLOW;
  next.referrerPolicy = "no-referrer";
  next.src = inside.href;
  let loads = 0;
  next.addEventListener("load", () => {
    loads += 1;
    if (loads > 1 && next === frame) {
      mend();
    }
  });
  frame = next;
  element("stage").replaceChildren(next);
}

function remove() {
  frame = null;
  element("stage").replaceChildren();
}

/** The frame went to another page by itself, most likely to the login: once, a fresh token may put it right. */
function mend() {
  const now = performance.now();
  if (now - mended < CALM_MS) {
    notice("bar", "WisdomAI has left this page, maybe for its login.", { again: true, signIn: "Sign in again" });
    return;
  }
  mended = now;
  show();
}

// -- what WisdomAI asks -------------------------------------------------------------------------------------

window.addEventListener("message", async (event) => {
  const ours = event.origin === origin && frame !== null && event.source === frame.contentWindow;
  if (!ours || event.data?.type !== "REQUEST_JWT_TOKEN") {
    return;
  }
  const asker = frame;
  try {
    const fresh = await freshToken();
    if (asker !== frame) {
      return; // it has been replaced meanwhile, with a token as fresh
    }
    if (fresh.who === person) {
      asker.contentWindow.postMessage({ type: "JWT_TOKEN_RESPONSE", token: fresh.token }, origin);
    } else {
      place(fresh); // WisdomAI does not change the person of a running page
    }
    hideNotice();
  } catch (failure) {
    tell(failure);
  }
});

// -- the end of a token --------------------------------------------------------------------------------------

function watchTheEnd() {
  clearTimeout(timer);
  timer = setTimeout(checkTheEnd, Math.min(ends + GRACE_MS - Date.now(), MOST_TIMER_MS));
}

/** A frame whose token has ended gets a new one; in a hidden tab, when somebody looks at it again. */
function checkTheEnd() {
  if (document.hidden || frame === null || asking !== null) {
    return;
  }
  if (Date.now() >= ends + GRACE_MS) {
    show();
  } else {
    watchTheEnd();
  }
}

document.addEventListener("visibilitychange", checkTheEnd);
window.addEventListener("focus", checkTheEnd);
window.addEventListener("pageshow", checkTheEnd);
window.addEventListener("online", () => {
  if (away) {
    show();
  }
});

// -- what people read ----------------------------------------------------------------------------------------

/** Says what went wrong. While the frame's token is good, the frame stays. */
function tell(failure) {
  if (failure.code === "changed") {
    location.reload(); // as who is signed in now
    return;
  }
  if (failure.code === "signed_out") {
    signedOut(failure.message);
    return;
  }
  const refused = failure.status === 403;
  const stays = frame !== null && Date.now() < ends && !refused;
  if (!stays) {
    remove();
  }
  const signIn = refused ? "Sign in as somebody else" : "";
  const text = failure instanceof Failure ? failure.message : "Something went wrong on this page. Try again.";
  notice(stays ? "bar" : "over", text, { ref: failure.ref, again: true, signIn });
}

function signedOut(text) {
  remove();
  element("bar").hidden = true;
  notice("over", text, { signIn: "Sign in" });
}

function notice(kind, text, { ref = "", again = false, signIn = "" } = {}) {
  element("notice").dataset.kind = kind;
  element("notice-text").textContent = text;
  element("notice-ref").textContent = ref ? `Ref ${ref}` : "";
  element("again").hidden = !again;
  element("sign-in").hidden = !signIn;
  element("sign-in").textContent = signIn;
  element("notice").hidden = false;
}

function hideNotice() {
  element("notice").hidden = true;
}

// -- buttons, and other tabs ---------------------------------------------------------------------------------

element("reload").addEventListener("click", show);
element("again").addEventListener("click", show);
element("leave").addEventListener("submit", () => channel.postMessage({ left: session }));

channel.addEventListener("message", ({ data }) => {
  if (data.left === session) {
    signedOut("You have been signed out. Sign in to go on.");
  } else if (data.here && data.here !== session) {
    location.reload(); // somebody has signed in in another tab
  }
});

channel.postMessage({ here: session });
show();
