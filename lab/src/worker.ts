// Holds the engine: made from the module that the page compiled, it answers one request after the other.

import { answer, initSync } from "./engine/bits_lab_engine.js";

type Message = { module: WebAssembly.Module } | { id: number; request: string };

self.onmessage = ({ data }: MessageEvent<Message>) => {
  if ("module" in data) initSync({ module: data.module });
  else self.postMessage({ id: data.id, answer: answer(data.request) });
};
