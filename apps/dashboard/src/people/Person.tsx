import { useParams } from "wouter"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { InvitationTable } from "../invitations/InvitationTable.tsx"
import { Button } from "../parts/Button.tsx"
import { DialogButton } from "../parts/Dialog.tsx"
import { Field } from "../parts/Field.tsx"
import { Page, Section } from "../parts/Page.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Story } from "../parts/Story.tsx"
import { useMayAct } from "../session/session.ts"
import { ForgetQuestion } from "./ForgetQuestion.tsx"
import { personOf, searchPerson } from "./path.ts"
import { verdict } from "./verdict.tsx"

/** Tells whether and why a person was invited. */
export const Person = () => {
  const { person: part } = useParams<{ person: string }>()
  const person = part === undefined ? undefined : personOf(part)
  const mayAct = useMayAct()
  return (
    <Page
      title="Person"
      lead="Find out whether and why a person was invited. The spelling of the address may differ."
      aside={
        person !== undefined &&
        mayAct && (
          <DialogButton key={person} label="Forget this person" title="Forget this person?" variant="danger">
            {(close) => <ForgetQuestion person={person} close={close} />}
          </DialogButton>
        )
      }
    >
      <form
        key={person}
        onSubmit={searchPerson}
        className="filters filters-one"
        role="search"
        aria-label="Person"
      >
        <Field
          label="Address or member id"
          name="person"
          defaultValue={person ?? ""}
          autoComplete="off"
          placeholder="alice@example.com"
          autoFocus={person === undefined}
        />
        <Button type="submit" variant="primary">
          Search
        </Button>
      </form>
      {person !== undefined && <Found key={person} person={person} />}
    </Page>
  )
}

const Found = ({ person }: { readonly person: string }) => {
  const query = useApi(["people", person], api.people.why({ payload: { person } }), { fresh: true })
  return (
    <Shown query={query}>
      {({ invitations, story, truncated }) =>
        invitations.length === 0 && story.length === 0 ? (
          <div className="card">
            <Empty title="No records of this person">
              No accepted webhook names them. Look for refused deliveries in the{" "}
              <a href="#/quarantine">quarantine</a>, and for{" "}
              <a href={`#/webhooks?status=unmappable&text=${encodeURIComponent(person)}`}>failed mappings</a>.
            </Empty>
          </div>
        ) : (
          <>
            <p className="verdict">{verdict(invitations, story)}</p>
            {truncated && <p className="hint">Only the newest entries are shown.</p>}
            <Section title="Invitations">
              <InvitationTable items={invitations} empty={<Empty title="No invitations" />} />
            </Section>
            <Section title="History" isCard>
              <Story story={story} />
            </Section>
          </>
        )
      }
    </Shown>
  )
}
