// Runs in the WebView for as long as the app does, and tells Rust what happens there (src/capture/bridge.rs).
//
// Dioxus answers a click on a file input itself, and on phones with an empty list. Inputs that are marked for us are kept
// from it: a listener on the window, in the capture phase, comes first, and the WebView opens its own chooser or camera.
const OURS = "input[type=file][data-photo]";
const MAX_FILE_BYTES = 100000000;

const base64 = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(String(reader.result).split(",", 2)[1] ?? "");
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});

// Phones save photos in formats that few programs read, and their WebViews show them: such a photo is drawn and saved as JPEG,
// upright and in sRGB. Where the WebView can't, Rust says what it is. Canvases of phones hold 16 million pixels.
const FOREIGN = /^image\/(heic|heif|avif)/;
const MAX_CANVAS_PIXELS = 16e6;
const asJpeg = async (file) => {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, Math.sqrt(MAX_CANVAS_PIXELS / (bitmap.width * bitmap.height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(bitmap.width * scale);
  canvas.height = Math.floor(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
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

// Only the latest file counts: an earlier one that is still being read was given up.
let latest = 0;
const send = async (file) => {
  const mine = ++latest;
  if (file.size > MAX_FILE_BYTES) return dioxus.send("too_large");
  dioxus.send("reading");
  let message = "unreadable";
  try {
    const photo = await readable(file);
    message = { file: { size: photo.size, base64: await base64(photo) } };
  } catch {} // Unreadable, then.
  if (mine === latest) dioxus.send(message);
};

// A backup may be larger than what fits into one message, so it goes in pieces.
const BACKUP = "input[type=file][data-backup]";
const PIECE_BYTES = 3000000;
const sendBackup = async (file) => {
  const mine = ++latest;
  dioxus.send("backup");
  let message = "complete";
  try {
    for (let at = 0; at < file.size; at += PIECE_BYTES) {
      const content = await base64(file.slice(at, at + PIECE_BYTES));
      if (mine !== latest) return;
      dioxus.send({ piece: content });
    }
  } catch {
    message = "unreadable";
  }
  if (mine === latest) dioxus.send(message);
};

const isBackup = (event) => event.target instanceof Element && event.target.matches(BACKUP);
const ours = (event) => isBackup(event) || (event.target instanceof Element && event.target.matches(OURS));
const listen = (name, action) => window.addEventListener(name, action, { capture: true, passive: false });

listen("click", (event) => {
  if (ours(event)) event.stopImmediatePropagation();
});
listen("change", async (event) => {
  if (!ours(event)) return;
  event.stopImmediatePropagation();
  const [file] = event.target.files;
  if (file) await (isBackup(event) ? sendBackup(file) : send(file));
  event.target.value = ""; // The same file may be chosen again.
});
listen("dragover", (event) => event.preventDefault());
listen("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer?.files ?? [];
  if (file) send(file);
});
listen("paste", (event) => {
  const file = [...(event.clipboardData?.files ?? [])].find((file) => file.type.startsWith("image/"));
  if (file) send(file);
});
listen("keydown", (event) => {
  if (event.key === "Escape") dioxus.send("back");
});
// What Android's back gesture is turned into. That it was taken tells the activity that the page is alive.
listen("spotcheck-back", (event) => {
  event.preventDefault();
  dioxus.send("back");
});

// How long nobody has touched the app, so that the archive can be locked.
let touched = performance.now();
for (const name of ["pointerdown", "keydown", "wheel"]) {
  listen(name, () => { touched = performance.now(); });
}
const tellIdle = () => {
  const seconds = Math.floor((performance.now() - touched) / 1000);
  if (seconds >= 30) dioxus.send({ idle: seconds });
};
setInterval(tellIdle, 5000);
// Timers rest while the app is in the background.
listen("visibilitychange", tellIdle);

await new Promise(() => {}); // Holds the channel open.
