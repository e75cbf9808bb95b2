import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import type { Outcome } from "../../demo/Demo.ts"
import { secrets } from "../../demo/samples.ts"
import { Reported, untilStopped } from "../support/exit.ts"
import { quiet, switchFlag } from "../support/flags.ts"
import { listing } from "../support/print.ts"
import { table } from "../support/table.ts"

export const demo = Command.make(
  "demo",
  {
    once: switchFlag("once", "Exit after the table. Exit code 0 if every outcome is as expected, 1 if not")
  },
  Effect.fnUntraced(function* ({ once }) {
    // The emulated MeltingSpot and the traffic are loaded for this command alone.
    const Demo = yield* Effect.promise(() => import("../../demo/Demo.ts"))
    const { relayUrl, sandboxUrl, token, ledger, outcomes, traffic } = yield* quiet(Demo.run)
    const unexpected = outcomes.filter((outcome) => !Demo.isExpected(outcome))
    const { participants, calls } = yield* ledger.state
    yield* Console.log(
      [
        "Webhooks sent to the relay, with their results:",
        "",
        table(
          ["Delivery", "Response", "Webhook", "Invitations", "Attempts", "Trace"],
          outcomes.map(describe),
          [22, null, null, 30]
        ),
        "",
        `Participants in the emulated MeltingSpot after ${calls.length} calls:`,
        "",
        listing(
          participants.map(({ liveId, member, created, repeated, notified }) => ({
            Live: liveId,
            Participant: member,
            Invited: created,
            "Duplicate calls": repeated,
            Email: notified ? "yes" : "no"
          })),
          "No participants."
        ),
        "",
        unexpected.length === 0
          ? `All ${outcomes.length} deliveries ended as expected.`
          : `Not as expected: ${unexpected.map(({ sample }) => sample.title).join(", ")}`
      ].join("\n")
    )
    if (unexpected.length > 0) return yield* new Reported()
    if (once) return
    yield* quiet(traffic)
    yield* Console.log(
      [
        "",
        "Open the dashboard; this address signs you in:",
        "",
        `  ${relayUrl}/#token=${token}`,
        "",
        "The relay and the emulated MeltingSpot run until you press Ctrl-C. Sign yourself up:",
        "",
        `  curl ${relayUrl}/webhooks/sign-up-sheet -H 'content-type: application/json' \\`,
        `    -H 'x-relay-secret: ${secrets.SIGN_UP_SECRET}' -d '{"attendees":[{"email":"you@example.com"}]}'`,
        "",
        "and check your invitation:",
        "",
        `  curl ${sandboxUrl}/sandbox`
      ].join("\n")
    )
    return yield* untilStopped(Effect.never)
  }, Effect.scoped)
).pipe(
  Command.withDescription(
    "Run the whole flow, from signed webhooks to invitations, against an emulated MeltingSpot"
  ),
  Command.withExamples([
    { command: "usher demo", description: "With a dashboard to look at, until Ctrl-C" },
    { command: "usher demo --once", description: "Print the results and end" }
  ])
)

const describe = ({ sample, status, duplicate, webhook, invitations }: Outcome) => [
  sample.title,
  duplicate ? `${status} duplicate` : `${status} ${status < 300 ? "accepted" : "refused"}`,
  webhook?.status ?? "-",
  invitations.map(({ member, status }) => `${member} ${status}`).join("\n") || (webhook?.reason ?? "-"),
  invitations.map(({ attempts }) => attempts).join("\n") || "-",
  invitations.map(({ traceId }) => traceId ?? "-").join("\n") || "-"
]
