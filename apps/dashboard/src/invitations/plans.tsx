/** Replays and cancels invitations after a confirmation that shows the plan. */
import type { Cancellations, Invitations, Replays } from "@usher/admin"
import { type InvitationStatus, ReplayableStatus } from "@usher/model/Invitation"
import { api } from "../api/client.ts"
import { JobButton } from "../jobs/JobButton.tsx"
import { SpotDelays } from "../overview/Budgets.tsx"
import { count, plural } from "../parts/number.ts"
import { Planned, type Question } from "../parts/Planned.tsx"
import { duration } from "../parts/time.tsx"

/** Every final status except success. */
export const replayable: ReadonlyArray<InvitationStatus> = ReplayableStatus.literals

const stale = ["deadLetters", "invitations", "people", "stats", "spots", "budget"] as const

export const replayOf = (payload: Invitations.Chosen): Question => ({
  title: "Replay invitations?",
  content: (close) => (
    <Planned
      queryKey={["deadLetters", "plan", JSON.stringify(payload)]}
      plan={api.replays.plan({ payload })}
      sizeOf={({ invitations }) => invitations}
      factsOf={({ invitations, people, lives, parked, calls, durationMs }) => ({
        Invitations: count(invitations),
        People: count(people),
        Lives: count(lives),
        "To parked Lives, which wait until MeltingSpot knows them": parked === 0 ? null : count(parked),
        "Calls to MeltingSpot": count(calls),
        "Minimum duration": durationMs === 0 ? "a moment" : duration(durationMs)
      })}
      nothing="Nothing to replay. Another operator may have replayed these invitations."
      hint={({ spots }) => (
        <>
          The relay sends new sign-ups first. Repeated invitations are harmless: MeltingSpot recognizes people
          who are already invited.
          <SpotDelays spots={spots} />
        </>
      )}
      close={close}
    >
      {(plan, onStart) => (
        <JobButton
          label="Replay"
          variant="primary"
          work={workOf("replay", payload, plan)}
          stale={stale}
          onStart={onStart}
        />
      )}
    </Planned>
  )
})

export const cancelOf = (payload: Invitations.Chosen): Question => ({
  title: "Cancel invitations?",
  content: (close) => (
    <Planned
      queryKey={["invitations", "cancelPlan", JSON.stringify(payload)]}
      plan={api.cancellations.plan({ payload })}
      sizeOf={({ invitations }) => invitations}
      factsOf={({ invitations, people, lives, sending, unmapped }) => ({
        "Pending invitations": count(invitations),
        People: count(people),
        Lives: count(lives),
        "Being sent now, not canceled": sending === 0 ? null : count(sending),
        "Webhooks not mapped yet, which may still create invitations": unmapped === 0 ? null : count(unmapped)
      })}
      nothing={({ unmapped }) =>
        `Nothing to cancel: none of these invitations is pending.${unmapped === 0 ? "" : ` ${plural(unmapped, "webhook is", "webhooks are")} not mapped yet and may still create invitations.`}`
      }
      hint="The relay does not send canceled invitations, even if a later webhook requests them again. A replay sends them after all."
      close={close}
    >
      {(plan, onStart) => (
        <JobButton
          label="Cancel invitations"
          variant="danger"
          work={workOf("cancel", payload, plan)}
          stale={stale}
          onStart={onStart}
        />
      )}
    </Planned>
  )
})

const workOf = (
  kind: "replay" | "cancel",
  payload: Invitations.Chosen,
  plan: Cancellations.Plan | Replays.Plan | undefined
) => plan && { kind, selection: { ...payload, asOf: plan.asOf }, total: plan.invitations }
