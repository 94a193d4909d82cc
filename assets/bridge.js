// Runs in the WebView for as long as the app does, and tells Rust what happens there (crates/app/src/capture/bridge.rs).
//
// Dioxus answers a click on a file input itself, and on phones with an empty list. Inputs that are marked for us are kept
// from it: a listener on the window, in the capture phase, comes first, and the WebView opens its own chooser or camera.
const PHOTO = "input[type=file][data-photo]";
const BACKUP = "input[type=file][data-backup]";
const PACK = "input[type=file][data-pack]";
const EARLIER = "input[type=file][data-earlier]";
const PIECE_BYTES = 1500000;

const base64 = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(String(reader.result).split(",", 2)[1] ?? "");
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});

// Phones save photos in formats that few programs read, and their WebViews show them: such a photo is drawn and saved as JPEG,
// upright and in sRGB. Where the WebView can't, Rust asks the system or says what it is. Canvases of phones hold 16 million pixels.
const FOREIGN = /^image\/(heic|heif|avif)/;
const MAX_CANVAS_PIXELS = 16e6;
const asJpeg = async (file) => {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, Math.sqrt(MAX_CANVAS_PIXELS / (bitmap.width * bitmap.height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(bitmap.width * scale);
  canvas.height = Math.floor(bitmap.height * scale);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  // A phone that is short of memory draws nothing, without an error, and as JPEG that would be black.
  const [, , , opaque] = context.getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data;
  if (!opaque) return null;
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
};
const readable = async (file) => {
  if (!FOREIGN.test(file.type)) return file;
  try {
    return (await asJpeg(file)) ?? file;
  } catch {
    return file;
  }
};

// Only the latest file counts: an earlier one that is still being sent was given up. Its pieces are sent one after the other, each when
// Rust has taken the one before.
let latest = 0;
let waiting = null;
const answer = (number, more) => {
  if (waiting?.number !== number) return;
  waiting.resolve(more);
  waiting = null;
};
const put = (number, message) => new Promise((resolve) => {
  waiting = { number, resolve };
  dioxus.send(message);
});
// How many more come after it matters for earlier photos alone. Returns whether these are wanted.
const send = async (file, kind, rest = 0) => {
  answer(latest, false);
  const number = ++latest;
  const wanted = () => number === latest;
  dioxus.send({ reading: { number, kind, rest } });
  try {
    const content = kind === "photo" ? await readable(file) : file;
    let more = wanted() && await put(number, { file: { number, size: content.size } });
    for (let at = 0; more && at < content.size; at += PIECE_BYTES) {
      const piece = await base64(content.slice(at, at + PIECE_BYTES));
      more = wanted() && await put(number, { piece: { number, base64: piece } });
    }
    return more;
  } catch {
    if (wanted()) dioxus.send({ unreadable: { number } });
    return wanted();
  }
};
// Earlier photos of a spot go one after the other, each when the one before is kept. As they are: drawn anew, they would not say any
// more when they were taken.
const sendEach = async (files) => {
  for (const [at, file] of files.entries()) {
    if (!await send(file, "earlier", files.length - 1 - at)) return;
  }
};

const kindOf = ({ target }) => {
  if (!(target instanceof Element)) return null;
  const kinds = [[PHOTO, "photo"], [BACKUP, "backup"], [PACK, "pack"], [EARLIER, "earlier"]];
  return kinds.find(([css]) => target.matches(css))?.[1] ?? null;
};
// Where Rust starts this script again, what an earlier one listened to is let go: everything would happen twice.
window.spotcheckBridge?.abort();
const bridge = new AbortController();
window.spotcheckBridge = bridge;
const listen = (name, action) =>
  window.addEventListener(name, action, { capture: true, passive: false, signal: bridge.signal });

listen("click", (event) => {
  if (kindOf(event)) event.stopImmediatePropagation();
});
listen("change", async (event) => {
  const kind = kindOf(event);
  if (!kind) return;
  event.stopImmediatePropagation();
  const files = [...event.target.files];
  event.target.value = ""; // The same file may be chosen again, also while it is being sent.
  if (kind === "earlier") await sendEach(files);
  else if (files.length) await send(files[0], kind);
});
listen("dragover", (event) => event.preventDefault());
listen("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer?.files ?? [];
  if (file) send(file, file.name.endsWith(".spotpack") ? "pack" : "photo");
});
listen("paste", (event) => {
  const file = [...(event.clipboardData?.files ?? [])].find((file) => file.type.startsWith("image/"));
  if (file) send(file, "photo");
});
listen("keydown", (event) => {
  if (event.key === "Escape") dioxus.send("back");
});
// What Android's back gesture is turned into. That it was taken tells the activity that the page is alive.
listen("spotcheck-back", (event) => {
  event.preventDefault();
  dioxus.send("back");
});
listen("spotcheck-languages", () => dioxus.send("languages"));
// Android's activity has copied what another app handed over. It may have done so before anybody listened.
listen("spotcheck-opened", () => dioxus.send("opened"));
dioxus.send("opened");

// Dioxus takes every context menu away, so that a release shows none of the WebView's own; with it goes the bar to cut, copy and paste.
// Where one can write, and on a screen that is touched wherever one can select, it stays.
listen("contextmenu", (event) => {
  const writes = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]");
  if (writes || matchMedia("(pointer: coarse)").matches) event.stopImmediatePropagation();
});

// Rust counts how long nobody has touched the app: the clocks of a page stand still while a phone sleeps.
const EVERY_MS = 5000;
// One clock stands still while the phone sleeps, the other may be set back: either is enough.
let told = { since: -EVERY_MS, date: 0 };
// Whoever has a screen reader or dictates sends clicks and input alone.
for (const name of ["pointerdown", "keydown", "wheel", "click", "input"]) {
  listen(name, () => {
    const now = { since: performance.now(), date: Date.now() };
    if (now.since - told.since < EVERY_MS && Math.abs(now.date - told.date) < EVERY_MS) return;
    told = now;
    dioxus.send("touched");
  });
}

// A page that a passphrase protects covers itself when it is seen no more, and until Rust has locked what is to be locked: what comes
// back to the screen first is what was drawn last. On phones the system covers it besides (crates/app/src/platform), until the beat is told.
const app = () => document.querySelector(".app")?.dataset ?? {};
listen("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    if (app().guarded) document.documentElement.classList.add("covered");
    dioxus.send("hidden");
  } else {
    dioxus.send("shown");
  }
});
// A change is on the screen when the frame after it begins; a second is enough where nobody sees the page, and none is drawn.
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const drawn = () => Promise.race([frame().then(frame), new Promise((resolve) => setTimeout(resolve, 1000))]);
const beat = async () => {
  // One that comes late, when nobody sees the page any more, uncovers nothing; the next return has a beat of its own.
  if (document.visibilityState === "visible") document.documentElement.classList.remove("covered");
  const number = Number(app().beat);
  await drawn();
  dioxus.send({ beat: number });
};

liveCamera(send, bridge.signal);

// A screen reader goes on at the new screen's title, not at the old one's button.
const TITLE = "h1[tabindex='-1']";
const focus = ({ addedNodes }) => {
  for (const node of addedNodes) {
    if (!(node instanceof Element)) continue;
    const title = node.matches(TITLE) ? node : node.querySelector(TITLE);
    title?.focus();
  }
};
const changed = new MutationObserver((changes) => {
  for (const change of changes) change.type === "childList" ? focus(change) : beat();
});
bridge.signal.addEventListener("abort", () => changed.disconnect());
changed.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-beat"] });
// One that was drawn before anybody looked.
dioxus.send({ beat: Number(app().beat) });

// What Rust says. This also holds the channel open.
for (;;) {
  const { taken, language } = await dioxus.recv();
  if (taken) answer(taken.number, taken.more);
  if (language) document.documentElement.lang = language;
}
