import { People } from "@usher/admin"
import type { Forgotten } from "@usher/model/Forgotten"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { plural } from "../parts/number.ts"
import { usePlan } from "../parts/Planned.tsx"
import { Raw } from "../parts/Raw.tsx"

interface Props {
  readonly person: string
  readonly close: () => void
}

/** Shows the data that the relay would delete, and asks for confirmation. */
export const ForgetQuestion = ({ person, close }: Props) => {
  const { query: plan, confirm } = usePlan(
    ["people", "forget", person],
    api.people.forgetPlan({ payload: { person } })
  )
  const forget = useAction(
    () => api.people.forget({ payload: { person } }),
    ["people", "invitations", "webhooks", "deadLetters", "quarantine", "stats"]
  )
  const error = forget.error ?? plan.error
  const isPossible =
    !forget.isSuccess && plan.data !== undefined && plan.error === null && !People.isNothing(plan.data)
  return (
    <>
      {forget.isSuccess ? (
        <p className="done" role="status">
          Forgotten: {People.inWords(forget.data)}.
        </p>
      ) : (
        <>
          {plan.data === undefined && !plan.isError && <p role="status">Searching all stored data …</p>}
          {plan.data && <Plan person={person} plan={plan.data} />}
          {error && (
            <p className="field-error" role="alert">
              {sentence(error)}
            </p>
          )}
        </>
      )}
      <div className="dialog-buttons">
        <Button onPress={close}>{isPossible ? "Cancel" : "Close"}</Button>
        {isPossible && (
          <Button
            variant="danger"
            isPending={forget.isPending}
            onPress={() => {
              confirm(plan.data)
              forget.mutate(undefined)
            }}
          >
            Forget
          </Button>
        )}
      </div>
    </>
  )
}

const Plan = ({ person, plan }: { readonly person: string; readonly plan: Forgotten }) => (
  <>
    {People.isNothing(plan) ? (
      <p role="status">
        No data stored about <Raw text={person} />
        {People.sinceForgotten(plan)}.
      </p>
    ) : (
      <>
        <p>
          <Raw text={person} />: {People.inWords(plan)}.
        </p>
        <p>
          The relay deletes the address, attempts, bodies and headers, and cancels pending invitations. This
          can&rsquo;t be undone.
        </p>
      </>
    )}
    {plan.waiting > 0 && (
      <p>Webhooks that are not mapped yet invite the other people in them, and then lose their bodies.</p>
    )}
    {plan.unmappable > 0 && (
      <p>
        Nobody else in an unmappable webhook can be invited afterwards. Fix its mapping and remap it first.
      </p>
    )}
    {plan.unreadable > 0 && (
      <p className="hint">
        {plural(plan.unreadable, "compressed body", "compressed bodies")} can&rsquo;t be read and may contain
        the person&rsquo;s data.
      </p>
    )}
  </>
)
