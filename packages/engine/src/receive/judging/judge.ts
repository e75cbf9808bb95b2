/**
 * Verifies and diagnoses quarantined deliveries in a child process, so that untrusted bytes never block a request. The
 * process holds secrets during a job, can read only its own program, and ends after a minute without a job.
 * docs/decisions/0010-judge-quarantine-in-a-child-process.md
 */
import { type ByteSize, Context, type DateTime, Effect, type Scope } from "effect"
import type { Delivery } from "@usher/signatures"
import * as program from "../../runtime/process/program.ts"
import type { Source } from "../../source/Source.ts"
import { type Answer, bounds, encodeJob, type Lost } from "./protocol.ts"

export interface Request {
  readonly source: Source
  /** The delivery as received. */
  readonly delivery: Delivery.Delivery
  readonly at: DateTime.Utc
  /** The maximum size of a body after decompression. */
  readonly maxSize: ByteSize.ByteSize
}

export interface Judge {
  /** Verifies the delivery with the source's own secrets. */
  readonly judge: (request: Request) => Effect.Effect<Answer>
  /** Also finds likely causes of a refusal. */
  readonly diagnose: (request: Request, others: Iterable<Source>) => Effect.Effect<Answer>
}

export const make: Effect.Effect<Judge, never, Scope.Scope> = Effect.gen(function* () {
  const ask = yield* program.make<Answer>({
    purpose: "judges refused deliveries",
    file: program.beside("child", import.meta.url),
    imports: {
      packages: ["effect", "@usher/signatures"],
      files: [program.beside("../opening", import.meta.url)]
    },
    memory: bounds.memory,
    ahead: { jobs: 1, characters: Number.POSITIVE_INFINITY },
    answerTimeout: bounds.time,
    idleTimeout: "1 minute",
    waiting: { ...bounds.waiting, refused: { lost: "Busy" } },
    lost
  })
  return {
    judge: (request) => ask(jobOf("judge", request, [])),
    diagnose: (request, others) => ask(jobOf("diagnose", request, others))
  }
})

/** Makes the judge of a quarantine. Default: with its own process, which starts with the first job. */
export const Judging = Context.Reference<Effect.Effect<Judge, never, Scope.Scope>>("@usher/engine/Judging", {
  defaultValue: () => make
})

/** If the process ended for another reason, a new one retries the job once. */
const lost = (end: program.End, times: number): Answer | undefined => {
  if (end === "silence") return { lost: "TooSlow" }
  if (end === "memory") return { lost: "TooBig" }
  return times > 1 ? { lost: "Broken" } : undefined
}

const jobOf = (kind: "judge" | "diagnose", request: Request, others: Iterable<Source>) =>
  encodeJob({ ...request, kind, source: sourceOf(request.source), others: Array.from(others, sourceOf) })

const sourceOf = ({ name, sender: { scheme }, secrets }: Source) => ({ name, scheme, secrets })

/** Why there is no verdict, as a sentence. */
export const sentenceOf = ({ lost }: Lost): string => {
  switch (lost) {
    case "TooSlow":
      return `The relay stopped judging this delivery after ${bounds.time / 1_000} seconds.`
    case "TooBig":
      return `Judging this delivery takes more than ${bounds.memory} MB.`
    case "Busy":
      return "Too many deliveries are being judged. Try again in a moment."
    case "Broken":
      return "The process that judges this delivery ended. Try again."
  }
}
