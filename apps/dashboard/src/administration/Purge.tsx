/** Deletes old data, after its count and a confirmation. */
import { FinishedStatus as FinishedInvitation } from "@usher/model/Invitation"
import { FinishedStatus as FinishedWebhook } from "@usher/model/Webhook"
import type { Upkeep } from "@usher/admin"
import { DateTime } from "effect"
import { type FormEvent, useState } from "react"
import { api } from "../api/client.ts"
import { Button } from "../parts/Button.tsx"
import { Chips } from "../parts/Chips.tsx"
import { Choice } from "../parts/Choice.tsx"
import { Field } from "../parts/Field.tsx"
import { count, plural } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { Planned, type Question, useQuestion } from "../parts/Planned.tsx"
import { ProgressButton, streamed } from "../parts/ProgressButton.tsx"
import { Exact } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"

interface Form {
  readonly days: string
  readonly invitations: ReadonlyArray<typeof FinishedInvitation.Type>
  readonly webhooks: ReadonlyArray<typeof FinishedWebhook.Type>
  readonly deliveryIds: "keep" | "delete"
}

const usual: Form = {
  days: "90",
  invitations: FinishedInvitation.literals,
  webhooks: FinishedWebhook.literals,
  deliveryIds: "keep"
}

const deliveryIdChoices = [
  { id: "keep", label: "Keep" },
  { id: "delete", label: "Delete, too" }
]

const isDays = (text: string) => /^\d{1,5}$/.test(text.trim())

export const Purge = () => {
  const mayAct = useMayAct()
  const { ask, question } = useQuestion()
  const [form, setForm] = useState(usual)
  const { days, deliveryIds, invitations, webhooks } = form
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask(purgeOf(selectionOf(form), mayAct))
  }
  return (
    <Page
      title="Purge"
      lead="Deletes old data: finished invitations with their attempts, and the bodies and headers of webhooks. Without its delivery id, a redelivery counts as a new webhook."
    >
      <form onSubmit={submit} className="dialog-form">
        <div className="filters">
          <Field
            label="Minimum age in days"
            hint="Of webhooks since they were received, of invitations since they ended. 0: any age."
            inputMode="numeric"
            value={days}
            onChange={(days) => setForm({ ...form, days })}
            error={isDays(days) ? undefined : "Give a whole number of days, at most 99999."}
          />
        </div>
        <Chips
          label="Invitations"
          statuses={usual.invitations}
          chosen={invitations}
          onChange={(invitations) => setForm({ ...form, invitations })}
        />
        <Chips
          label="Webhooks"
          statuses={usual.webhooks}
          chosen={webhooks}
          onChange={(webhooks) => setForm({ ...form, webhooks })}
        />
        {webhooks.length > 0 && (
          <div className="filters">
            <Choice
              label="Delivery ids"
              value={deliveryIds}
              onChange={(id) => setForm({ ...form, deliveryIds: id === "delete" ? "delete" : "keep" })}
              options={deliveryIdChoices}
            />
          </div>
        )}
        <div>
          <Button
            type="submit"
            variant="primary"
            isDisabled={!isDays(days) || invitations.length + webhooks.length === 0}
          >
            Count
          </Button>
        </div>
      </form>
      {question}
    </Page>
  )
}

type Selection = typeof Upkeep.Purge.Type

const selectionOf = ({ days, deliveryIds, invitations, webhooks }: Form): Selection => ({
  before: DateTime.subtract(DateTime.nowUnsafe(), { days: Number(days) }),
  ...(invitations.length === 0 ? {} : { invitations }),
  ...(webhooks.length === 0 ? {} : { webhooks, deliveryIds: deliveryIds === "delete" })
})

const purgeOf = (payload: Selection, mayAct: boolean): Question => ({
  title: "Purge old data?",
  content: (close) => (
    <Planned
      queryKey={["webhooks", "purgePlan", JSON.stringify(payload)]}
      plan={api.upkeep.purgePlan({ payload })}
      sizeOf={({ deliveryIds, invitations, webhooks }) => deliveryIds + invitations + webhooks}
      factsOf={({ deliveryIds, invitations, webhooks }) => ({
        Before: <Exact at={payload.before} />,
        "Invitations that are deleted": count(invitations),
        "Webhooks that lose their bodies": count(webhooks),
        "Delivery ids that are deleted": payload.deliveryIds === true ? count(deliveryIds) : null
      })}
      nothing="Nothing to delete: no data of this age has a selected status."
      hint="This can’t be undone. Webhooks without a body can’t be mapped again. Closing this dialog stops the purge."
      close={close}
    >
      {(plan, onStart) =>
        mayAct && (
          <ProgressButton
            label="Purge"
            variant="danger"
            isDisabled={plan === undefined}
            onStart={onStart}
            start={streamed(() => api.upkeep.purge({ payload }))}
            resultOf={(rows) => `Deleted ${plural(rows, "row")}.`}
            stale={["webhooks", "invitations", "people", "deadLetters", "lives", "sources", "stats", "audit"]}
          />
        )
      }
    </Planned>
  )
})
