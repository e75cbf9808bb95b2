/** Has a worker read the chosen file, or send its people. */
import { Effect } from "effect"
import { Explained } from "../api/problem.ts"
import type { Answer, Contents, Invitation, Step, Task } from "./worker.ts"

/** Ends with the worker. An interruption ends the worker between two pieces. */
const work = (task: Task, onAnswer: (answer: Answer) => void) =>
  Effect.callback<void, Explained>((resume) => {
    const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module" })
    const end = (ended: Effect.Effect<void, Explained>) => {
      worker.terminate()
      resume(ended)
    }
    worker.addEventListener("message", ({ data: answer }: MessageEvent<Answer>) => {
      if (answer.kind === "ended") end(Effect.void)
      else if (answer.kind === "failed") end(Effect.fail(new Explained({ message: answer.reason })))
      else onAnswer(answer)
    })
    worker.addEventListener("error", () =>
      end(
        Effect.fail(
          new Explained({ message: "This screen could not load all of its parts. Reload the page." })
        )
      )
    )
    worker.postMessage(task)
    return Effect.sync(() => worker.terminate())
  })

export const read = (task: Omit<Task, "invitation">): Effect.Effect<Contents | undefined, Explained> =>
  Effect.suspend(() => {
    let contents: Contents | undefined
    return Effect.map(
      work({ ...task, invitation: undefined }, (answer) => {
        if (answer.kind === "contents") contents = answer.contents
      }),
      () => contents
    )
  })

export const send = (
  task: Task & { readonly invitation: Invitation },
  onStep: (step: Step) => void
): Effect.Effect<void, Explained> =>
  work(task, (answer) => {
    if (answer.kind === "step") onStep(answer.step)
  })
