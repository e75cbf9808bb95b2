/** Maps webhooks again after a confirmation that shows the plan. */
import type { Webhooks } from "@usher/admin"
import type { WebhookStatus } from "@usher/model/Webhook"
import { api } from "../api/client.ts"
import { JobButton } from "../jobs/JobButton.tsx"
import { count } from "../parts/number.ts"
import { Planned, type Question } from "../parts/Planned.tsx"

/** Every status of a webhook that was mapped and keeps its body. */
export const remappable: ReadonlyArray<WebhookStatus> = ["unmappable", "ignored", "mapped"]

export const remapOf = (payload: Webhooks.Chosen): Question => ({
  title: "Map webhooks again?",
  content: (close) => (
    <Planned
      queryKey={["webhooks", "remapPlan", JSON.stringify(payload)]}
      plan={api.replays.planWebhooks({ payload })}
      sizeOf={({ webhooks }) => webhooks}
      factsOf={({ webhooks, invitations }) => ({
        Webhooks: count(webhooks),
        "Invitations that stay": count(invitations)
      })}
      nothing="Nothing to map: none of these webhooks has a body and a finished mapping with a selected status."
      hint="The relay uses the rules in force of each source. Invitations that these webhooks requested before stay, also those to another Live."
      close={close}
    >
      {(plan, onStart) => (
        <JobButton
          label="Map again"
          variant="primary"
          work={
            plan && {
              kind: "remap",
              selection: { ...payload, asOf: plan.asOf },
              total: plan.webhooks
            }
          }
          stale={["webhooks", "invitations", "stats", "sources", "mapping"]}
          onStart={onStart}
        />
      )}
    </Planned>
  )
})
