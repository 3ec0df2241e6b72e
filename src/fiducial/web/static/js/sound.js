// Short tones that differ in pitch and rhythm, to be told apart in a loud hall and by the colour-blind.
const TUNES = {
  ok: [[1320, 0, 0.12]],
  bad: [[220, 0, 0.22], [165, 0.28, 0.34]],
  warn: [[660, 0, 0.12], [660, 0.2, 0.12]],
};
let audio = null;

export function sound(outcome) {
  const tune = TUNES[outcome];
  if (!tune || !globalThis.AudioContext) return;
  audio ??= new AudioContext();
  // A browser lets a page sound only after the first key or touch; a scan is one.
  if (audio.state === "suspended") audio.resume().catch(() => {});
  for (const [pitch, delay, length] of tune) tone(pitch, audio.currentTime + delay, length);
}

function tone(pitch, start, length) {
  const voice = audio.createOscillator(), volume = audio.createGain();
  voice.type = "square";
  voice.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.25, start + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + length);
  voice.connect(volume).connect(audio.destination);
  voice.start(start);
  voice.stop(start + length + 0.02);
}
