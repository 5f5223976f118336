// Times and sizes in words.

const pad = (number: number) => String(number).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
export const SECOND = 1000;
export const DAY = 86_400_000;

/** An instant, as scenarios write it. */
export function instant(at: number): string {
  const parts = new Date(at).toISOString();
  const millis = at % SECOND ? parts.slice(19, 23) : "";
  return `${parts.slice(0, 10)} ${parts.slice(11, 19)}${millis}`;
}

/** An instant for an axis: the time on the first day, later the day too. */
export function short(at: number, begins: number): string {
  const date = new Date(at);
  const time = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`;
  if (at - begins < DAY) return `${time}:${pad(date.getUTCSeconds())}`;
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${time}`;
}

/** A span of time, in its two largest units. */
export function span(milliseconds: number): string {
  let rest = Math.round(milliseconds / SECOND);
  if (rest <= 0) return milliseconds > 0 ? "less than 1 s" : "now";
  const parts: string[] = [];
  for (const [name, length] of [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]] as const) {
    const count = Math.floor(rest / length);
    if (count) parts.push(`${count} ${name}`);
    if (parts.length === 2 || (parts.length && !count)) break;
    rest -= count * length;
  }
  return parts.join(" ");
}

export function size(bytes: number): string {
  for (const [name, length] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]] as const) {
    if (bytes >= length) return `${Math.round((bytes / length) * 10) / 10} ${name}`;
  }
  return `${bytes} B`;
}
