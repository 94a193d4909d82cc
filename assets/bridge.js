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

const send = async (file) => {
  if (file.size > MAX_FILE_BYTES) return dioxus.send("too_large");
  dioxus.send("reading");
  try {
    dioxus.send({ file: { size: file.size, base64: await base64(file) } });
  } catch {
    dioxus.send("unreadable");
  }
};

const ours = (event) => event.target instanceof Element && event.target.matches(OURS);
const listen = (name, action) => window.addEventListener(name, action, { capture: true, passive: false });

listen("click", (event) => {
  if (ours(event)) event.stopImmediatePropagation();
});
listen("change", async (event) => {
  if (!ours(event)) return;
  event.stopImmediatePropagation();
  const [file] = event.target.files;
  if (file) await send(file);
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
// What Android's back gesture is turned into.
listen("spotcheck-back", () => dioxus.send("back"));

await new Promise(() => {}); // Holds the channel open.
