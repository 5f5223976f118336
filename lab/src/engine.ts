// The engine as the page sees it: requests that are answered, or stopped when they take too long.

import wasm from "./engine/bits_lab_engine_bg.wasm?url";

/** Why a request has no answer. */
export class Stopped extends Error {}

interface Waiting { resolve: (answer: unknown) => void; reject: (why: Error) => void; timer: number }

export class Engine {
  #worker: Worker;
  readonly #module: WebAssembly.Module;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  static async start(): Promise<Engine> {
    return new Engine(await WebAssembly.compileStreaming(fetch(wasm)));
  }

  private constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.#worker = this.#hire();
  }

  /** Another engine beside this one, so that a long request keeps nobody waiting. */
  another(): Engine {
    return new Engine(this.#module);
  }

  /** Asks the engine. What is not answered in time is given up, and with it the worker: another takes its place. */
  ask<T>(request: object, milliseconds = 3000): Promise<T> {
    const id = ++this.#last;
    return new Promise<T>((resolve, reject) => {
      const timer = window.setTimeout(
        () => this.#replace(new Stopped(`The run was stopped: it took longer than ${milliseconds / 1000} s.`)),
        milliseconds,
      );
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject, timer });
      this.#worker.postMessage({ id, request: JSON.stringify(request) });
    });
  }

  #hire(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<{ id: number; answer: string }>) => {
      const waiting = this.#waiting.get(data.id);
      if (!waiting) return;
      this.#waiting.delete(data.id);
      clearTimeout(waiting.timer);
      waiting.resolve(JSON.parse(data.answer));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#replace(new Stopped(`The engine failed on this text: ${event.message}`));
    };
    worker.postMessage({ module: this.#module });
    return worker;
  }

  #replace(why: Error) {
    this.#worker.terminate();
    this.#worker = this.#hire();
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, timer } of all) {
      clearTimeout(timer);
      reject(why);
    }
  }
}
