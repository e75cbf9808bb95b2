import { People } from "@usher/admin"
import { Raw } from "../parts/Raw.tsx"
import { Ago } from "../parts/time.tsx"

/** More are in the table of invitations and in the history. */
const maxShown = 20

/** Whether a person was invited: one sentence for each Live, and for each delivery that created no invitation. */
export const Answers = ({ answers }: { readonly answers: ReadonlyArray<People.Answer> }) => (
  <ul className="verdict" aria-label="Answer">
    {answers.slice(0, maxShown).map((answer) => (
      <li key={answer.invitationId ?? answer.text}>
        <strong>{People.wordOf(answer)}</strong> <Raw text={answer.text} />{" "}
        <span className="muted">
          <Ago at={answer.until ?? answer.at} />
        </span>{" "}
        <Details of={answer} />
      </li>
    ))}
    {answers.length > maxShown && <li className="muted">{answers.length - maxShown} more below</li>}
  </ul>
)

const Details = ({ of }: { readonly of: People.Answer }) => {
  if (of.invitationId !== undefined) return <a href={`#/invitations/${of.invitationId}`}>Invitation</a>
  if (of.webhookId !== undefined) return <a href={`#/webhooks/${of.webhookId}`}>Webhook</a>
  return <a href={`#/quarantine/${of.quarantinedId}`}>Quarantine</a>
}
