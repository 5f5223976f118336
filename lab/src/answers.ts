// What the engine answers: the shapes of its JSON.

export type State =
  | "SUSPENDED" | "QUEUED" | "CONNECTING" | "TRANSFERRING" | "TRANSIENT_ERROR"
  | "ERROR" | "TRANSFERRED" | "ACKNOWLEDGED" | "CANCELLED";

export interface Problem { line: number; from: number; to: number; cause: string; help: string }
export interface Code { name: string | null; number: string; meaning: string }
export interface Refusal { code: Code; why: string; rule: string; rule_text: string; advice: string }
export interface Rule { text: string; is_table: boolean; is_read: boolean; open: string | null; sources: string[] }

export interface JobStep {
  name: string;
  before: State;
  after: State;
  entered: State[];
  by: string[];
  rules: string[];
  effects: string[];
  ignored: boolean;
  error_object?: { code: string; hr: string; context: string; file: string | null } | null;
  told?: { notification: string; by: string; account: string };
}

export interface Step {
  at: number;
  line: number | null;
  words: string;
  is_call: boolean;
  code: Code | null;
  refusal: Refusal | null;
  jobs: JobStep[];
}

export interface Run {
  problems: Problem[];
  /** The line before which the run ends, because it leaves open what happens. */
  open: Problem | null;
  /** The lines that say what must be so: each holds but the one that is a problem. */
  expecting: number[];
  begins: number;
  ends: number;
  steps: Step[];
  jobs: { name: string; created: number }[];
  rules: Record<string, Rule>;
}

export interface NotRun { problems: Problem[]; steps: null }

export interface Progress {
  bytes_total: number | null;
  bytes_transferred: number;
}

export interface Job {
  name: string;
  state: State;
  type: string;
  priority: string;
  owner: string;
  waits: string;
  missing: string | null;
  error: { code: Code; context: string; file: string | null; advice: string | null } | null;
  no_error: Refusal | null;
  clocks: { clock: string; at: number; then: string }[];
  progress: Progress & { files_total: number; files_transferred: number };
  error_count: number;
  files: { remote: string; local: string; temporary: string | null; progress: Progress & { completed: boolean } }[];
  due: string[];
}

export interface Standing {
  now: number;
  next: number | null;
  by_hand: boolean;
  lines_reached: number;
  line: number | null;
  jobs: Job[];
  disk: { path: string; size: number }[];
}

export interface PossibleStep {
  kind: "call" | "other" | "event" | "fault" | "time";
  words: string;
  line: string;
  refusal: Refusal | null;
  is_ignored: boolean;
  from: State;
  to: State;
}

export interface Diagram {
  states: { name: State; is_final: boolean }[];
  arrows: { from: State | null; to: State; triggers: string[] }[];
  notes: string[];
}

export interface Completion { from: number; words: string[] }
export interface Scenarios { scenarios: { file: string; text: string }[] }
export interface Lesson { title?: string; sentences?: { text: string; rules: string[] }[] }
export interface Explained {
  entries: { kind: string; name: string; other_names: string[]; meaning: string; advice: string | null; rules: { id: string; rule: Rule }[] }[];
  nearest?: string[];
}
export interface Answer { question: string; line: number; finding: string; taken: string[] | null; scenario: string | null }
export interface Outcomes {
  answers: Answer[];
  outcomes: { words: string; failure: Problem | null; taken: string[]; scenario: string }[];
  exhausted: boolean;
  extent: string;
}
