import { People } from "@usher/admin"
import { Raw } from "../parts/Raw.tsx"
import { Ago, Until } from "../parts/time.tsx"

/** More are in the table of invitations and in the history. */
const maxShown = 20

/** Whether a person was invited: one sentence for each Live, and for each delivery that created no invitation. */
export const Answers = ({ answers }: { readonly answers: ReadonlyArray<People.Answer> }) => (
  <ul className="verdict" aria-label="Answer">
    {answers.slice(0, maxShown).map((answer) => (
      <li key={answer.invitationId ?? answer.text}>
        <strong>{People.wordOf(answer)}</strong> <Raw text={sentenceOf(answer.text)} />{" "}
        <span className="muted">
          <When of={answer} />.
        </span>{" "}
        <Details of={answer} />
      </li>
    ))}
    {answers.length > maxShown && <li className="muted">{answers.length - maxShown} more below</li>}
  </ul>
)

/** A reason in the upstream's words may have no period. */
const sentenceOf = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`)

const When = ({ of: { at, invitationId, until, verdict } }: { readonly of: People.Answer }) => {
  if (until !== undefined) {
    return (
      <>
        The next attempt is <Until at={until} />
      </>
    )
  }
  const began = verdict === "not_yet" ? "It was requested" : "That was"
  return (
    <>
      {invitationId === undefined ? "It was received" : began} <Ago at={at} />
    </>
  )
}

const Details = ({ of }: { readonly of: People.Answer }) => {
  if (of.invitationId !== undefined) return <a href={`#/invitations/${of.invitationId}`}>Invitation</a>
  if (of.webhookId !== undefined) return <a href={`#/webhooks/${of.webhookId}`}>Webhook</a>
  return <a href={`#/quarantine/${of.quarantinedId}`}>Quarantine</a>
}
