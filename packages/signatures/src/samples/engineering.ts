/** Code and issues. */
import { formatIso } from "effect/DateTime"
import { json, millis, type Shape } from "./shape.ts"

export const engineering: Readonly<Record<string, Shape>> = {
  github: ({ member }) =>
    json(
      {
        ref: "refs/heads/main",
        pusher: { name: "sam", email: member },
        repository: { full_name: "sam/ple" }
      },
      { "x-github-event": "push" }
    ),
  linear: (options) =>
    json(
      {
        action: "create",
        type: "User",
        createdAt: formatIso(options.at),
        data: { id: options.id, name: "Sam Ample", email: options.member },
        webhookTimestamp: millis(options)
      },
      { "linear-event": "User" }
    )
}
