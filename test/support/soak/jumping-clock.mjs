// Loaded into a process before all else: from then on its clock jumps to and fro, as those of badly kept machines do.
const longestMs = Number(process.env.SOAK_JUMP_MS ?? 0);
const now = Date.now;
let offsetMs = 0;

function jump() {
  offsetMs = Math.round((2 * Math.random() - 1) * longestMs);
  setTimeout(jump, 2_000 + 18_000 * Math.random()).unref();
}

if (longestMs > 0) {
  Date.now = () => now() + offsetMs;
  jump();
}
