// The text and the step in the address, so that a link shares them: the text compressed, or the name of a scenario of the
// library. It stands behind the hash, so no server is ever sent it.

export interface Link { file?: string; text?: string; step?: number }

async function through(bytes: Uint8Array<ArrayBuffer>, stream: ReadableWritablePair): Promise<Uint8Array> {
  const response = new Response(new Blob([bytes]).stream().pipeThrough(stream));
  return new Uint8Array(await response.arrayBuffer());
}

async function packed(text: string): Promise<string> {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function unpacked(packed: string): Promise<string> {
  const letters = atob(packed.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  return new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
}

/** What stands behind the hash for a text or a scenario of the library. */
export async function written({ file, text, step }: Link): Promise<string> {
  const what = file ? `scenario=${file}` : `text=${await packed(text ?? "")}`;
  return `#${what}&step=${step ?? 0}`;
}

/** What a link says; nothing if it is none, or was cut off. */
export async function read(hash: string): Promise<Link> {
  const fields = new URLSearchParams(hash.slice(1));
  const step = fields.has("step") ? Number(fields.get("step")) : NaN;
  const link: Link = Number.isInteger(step) && step >= 0 ? { step } : {};
  const file = fields.get("scenario");
  if (file) return { ...link, file };
  try {
    const text = fields.get("text");
    return text ? { ...link, text: await unpacked(text) } : {};
  } catch {
    return {};
  }
}
