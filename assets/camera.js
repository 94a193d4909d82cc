// The page's camera (crates/app/src/ui/screens/camera/page.rs): it runs while there is a video that asks for it, and is seen. It judges
// nothing: small grey frames go to Rust, one at a time, and what Rust decides comes back as attributes of the video.
const LIVE = "video[data-live]";
const FRAME_PX = 192;
const FRAME_EVERY_MS = 200;
// Some devices never answer a wish for a still.
const STILL_WITHIN_MS = 4000;
const MAX_STILL_PIXELS = 16e6;

const liveCamera = (send, signal) => {
  const tell = (camera) => dioxus.send({ camera });
  const small = document.createElement("canvas");
  small.width = small.height = FRAME_PX;
  const pixels = small.getContext("2d", { willReadFrequently: true });
  let running = null;

  const stop = () => {
    if (!running) return;
    clearInterval(running.clock);
    for (const track of running.stream?.getTracks() ?? []) track.stop();
    running.video.srcObject = null;
    running = null;
  };

  const watch = (mine) => {
    const { video } = mine;
    const judged = Number(video.dataset.judged);
    // What was sent before the camera was off for a while may be judged later.
    if (mine.shooting || mine.sent > judged || !video.videoWidth) return;
    const side = Math.min(video.videoWidth, video.videoHeight);
    pixels.imageSmoothingQuality = "high";
    pixels.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, FRAME_PX, FRAME_PX);
    const { data } = pixels.getImageData(0, 0, FRAME_PX, FRAME_PX);
    let grey = "";
    for (let at = 0; at < data.length; at += 4) {
      grey += String.fromCharCode(Math.round(0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]));
    }
    mine.sent = judged + 1;
    tell({ frame: { number: mine.sent, base64: btoa(grey) } });
  };

  const start = async (video) => {
    stop();
    const mine = { video, sent: Number(video.dataset.judged), shot: video.dataset.shot, torch: "false" };
    running = mine;
    try {
      if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("no camera in this page", "NotSupportedError");
      const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 4096 }, height: { ideal: 4096 } };
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted });
      if (running !== mine) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      mine.stream = stream;
      [mine.track] = stream.getVideoTracks();
      mine.track.addEventListener("ended", () => {
        if (running !== mine) return;
        stop();
        tell({ failed: "NotReadableError" });
      });
      video.muted = true;
      video.srcObject = stream;
      await video.play();
      if (running !== mine) return;
      mine.clock = setInterval(() => watch(mine), FRAME_EVERY_MS);
      tell({ opened: { torch: mine.track.getCapabilities?.().torch === true } });
      look();
    } catch (error) {
      if (running !== mine) return;
      stop();
      tell({ failed: String(error?.name) });
    }
  };

  const drawn = ({ video }) => {
    const scale = Math.min(1, Math.sqrt(MAX_STILL_PIXELS / (video.videoWidth * video.videoHeight)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(video.videoWidth * scale);
    canvas.height = Math.floor(video.videoHeight * scale);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
  };
  // The device's own still has more pixels than its live picture. One that shows another part of the scene would move the square.
  const still = async (mine) => {
    try {
      const capture = new ImageCapture(mine.track);
      const most = await capture.getPhotoCapabilities();
      const size = { imageWidth: most.imageWidth?.max, imageHeight: most.imageHeight?.max };
      const late = new Promise((_, reject) => setTimeout(reject, STILL_WITHIN_MS));
      return await Promise.race([capture.takePhoto(size), late]);
    } catch {
      return drawn(mine);
    }
  };
  const shoot = async (mine) => {
    mine.shooting = true;
    const photo = await still(mine);
    if (running !== mine) return;
    mine.shooting = false;
    if (photo) await send(photo, "photo");
    else tell({ failed: "NotReadableError" });
  };

  const look = () => {
    const video = document.querySelector(LIVE);
    if (!video || document.visibilityState === "hidden") return stop();
    if (running?.video !== video) return void start(video);
    if (!running.track) return;
    if (running.torch !== video.dataset.torch) {
      running.torch = video.dataset.torch;
      running.track.applyConstraints({ advanced: [{ torch: running.torch === "true" }] }).catch(() => {});
    }
    if (running.shot !== video.dataset.shot && !running.shooting) {
      running.shot = video.dataset.shot;
      shoot(running);
    }
  };
  const changed = new MutationObserver(look);
  signal.addEventListener("abort", () => {
    changed.disconnect();
    stop();
  });
  document.addEventListener("visibilitychange", look, { signal });
  const attributeFilter = ["data-live", "data-torch", "data-shot"];
  changed.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter });
  look();
};

