import type { SearchPart, SearchPosition } from "@usher/model/Search"
import { useState } from "react"
import { useParams } from "wouter"
import { InvitationTable } from "../invitations/InvitationTable.tsx"
import { Button } from "../parts/Button.tsx"
import { DialogButton } from "../parts/Dialog.tsx"
import { Field } from "../parts/Field.tsx"
import { Page, Section } from "../parts/Page.tsx"
import { Marked } from "../parts/Raw.tsx"
import { Empty, Shown, Trouble } from "../parts/Shown.tsx"
import { Story } from "../parts/Story.tsx"
import { Ago } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import { Answers } from "./Answers.tsx"
import { ForgetQuestion } from "./ForgetQuestion.tsx"
import { searchPerson, textOf } from "./path.ts"
import { useWhy } from "./useWhy.ts"

/** Tells whether and why a person was invited. */
export const Person = () => {
  const { person: part } = useParams<{ person: string }>()
  const person = textOf(part ?? "") || undefined
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
      {person !== undefined && <Marked text={person} />}
      {person !== undefined && <Found key={person} person={person} />}
    </Page>
  )
}

const Found = ({ person }: { readonly person: string }) => {
  const [isAll, setAll] = useState(false)
  const { first, found, isSearching, error, again } = useWhy(person, isAll)
  return (
    <Shown query={first}>
      {(begun) => {
        const { answers, invitations, story, truncated, isSearched, next } = found ?? begun
        return (
          <>
            {answers.length > 0 && <Answers answers={answers} />}
            {isSearching && next !== null && <Searching next={next} />}
            {error && <Trouble error={error} again={again} />}
            {!isSearched && (
              <p className="hint">Bodies are not searched for an id of less than 8 characters.</p>
            )}
            {!isSearching && next !== null && error === null && (
              <p className="hint">
                Not searched: webhooks that invited other people.{" "}
                <Button variant="quiet" onPress={() => setAll(true)}>
                  Search them, too
                </Button>
              </p>
            )}
            {truncated && <p className="hint">Only the newest entries are shown.</p>}
            {story.length > 0 ? (
              <>
                <Section title="Invitations">
                  <InvitationTable items={invitations} empty={<Empty title="No invitations" />} />
                </Section>
                <Section title="History" isCard>
                  <Story story={story} />
                </Section>
              </>
            ) : (
              !isSearching &&
              next === null && (
                <div className="card">
                  <Empty title="No records of this person">
                    {isSearched && "No webhook and no delivery in quarantine names them. "}
                    No invitation was requested.
                  </Empty>
                </div>
              )
            )}
          </>
        )
      }}
    </Shown>
  )
}

const words: Readonly<Record<SearchPart, string>> = {
  quarantined: "the quarantine",
  received: "received webhooks",
  held: "held webhooks",
  unmappable: "unmappable webhooks",
  ignored: "ignored webhooks",
  mapped: "webhooks that invited other people"
}

const Searching = ({ next: { part, searchedTo } }: { readonly next: SearchPosition }) => (
  <p className="hint" role="status">
    Searching {words[part]}
    {searchedTo && (
      <>
        : back to <Ago at={searchedTo} />
      </>
    )}{" "}
    …
  </p>
)
